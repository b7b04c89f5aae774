import { command } from '../../src/bot/command.ts';
import { flag } from '../../src/bot/parse/arguments.ts';
import { wantsPicture } from '../../src/bot/pictures.ts';
import { doc, join } from '../../src/message/build.ts';
import type { Document } from '../../src/message/document.ts';
import { linkNeedsPerson, linkNeedsPrivacy, linkSent, linkPicture, linkWords, pageNotServed } from '../../src/words/pages/entering.ts';
import { answer } from '../../src/words/replies.ts';

export const web = command({
  words: ['web'],
  summary: 'Gives you a link to the live page.',
  details:
    'The link works once, for 10 minutes, and only you see it. It opens a session with the rights that you have where you asked for it. A session ends after 30 days, or after 7 days without use.',
  examples: ['web', 'web --picture'],
  args: { picture: flag('picture', 'Adds the link as a QR code, for the camera of a phone.') },
  role: 'viewer',
  about: 'musher',
  waits: true,
  async run(context, { picture }) {
    const { address, isConfigured, isAlone, alone } = context.page();
    if (address === null) return pageNotServed(isConfigured);
    if (context.byTimer) return linkNeedsPerson();
    const said = (url: string): Document => join(linkWords(url), doc(wantsPicture(context, picture) && linkPicture(url)));
    if (isAlone) return context.change((tx) => answer(said(tx.makeLink(address))));
    const apart = await alone();
    if (apart === null) return linkNeedsPrivacy();
    return context.change((tx) => {
      tx.tellRoom(apart, said(tx.makeLink(address)));
      return answer(linkSent());
    });
  },
});
