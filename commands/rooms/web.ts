import { command } from '../../src/bot/command.ts';
import { linkNeedsPerson, linkNeedsPrivacy, linkSent, linkWords, pageNotServed } from '../../src/words/pages/entering.ts';
import { answer } from '../../src/words/replies.ts';

export const web = command({
  words: ['web'],
  summary: 'Gives you a link to the live page.',
  details:
    'The link works once, for 10 minutes, and only you see it. It opens a session with the rights that you have where you asked for it. A session ends after 30 days, or after 7 days without use.',
  examples: ['web'],
  args: {},
  role: 'viewer',
  about: 'musher',
  waits: true,
  async run(context) {
    const { address, isConfigured, isAlone, alone } = context.page();
    if (address === null) return pageNotServed(isConfigured);
    if (context.byTimer) return linkNeedsPerson();
    if (isAlone) return context.change((tx) => answer(linkWords(tx.makeLink(address))));
    const apart = await alone();
    if (apart === null) return linkNeedsPrivacy();
    return context.change((tx) => {
      tx.tellRoom(apart, linkWords(tx.makeLink(address)));
      return answer(linkSent());
    });
  },
});
