import { afterEach, describe, expect, it } from 'vitest';
import { action, actions, doc, image, join, line, paragraph } from '../../src/message/build.ts';
import type { Document } from '../../src/message/document.ts';
import type { DrawPicture, Picture } from '../../src/message/picture/picture.ts';
import { eventually } from '../eventually.ts';
import type { TroubleHarness } from './trouble-suite.ts';

/** A harness whose network shows pictures. Its transport has to be made with `drawForTests`. */
export interface PictureHarness extends TroubleHarness {
  /** The pictures that the room shows, as people see them and as those hear them who don't. */
  readonly pictures: () => Promise<readonly { readonly png: string; readonly alternative: string }[]>;
  /** The network takes no pictures from now on. */
  readonly refusePictures: () => void;
  readonly nextProcess: () => Promise<PictureHarness>;
}

/** Draws the title of a picture; one without a title can't be drawn. */
export const drawForTests: DrawPicture = (picture: Picture) =>
  Promise.resolve(picture.title === '' ? null : { png: Buffer.from(`PNG of ${picture.title}`), width: 1200, height: 630 });

const board = (title: string): Picture => ({ of: 'code', title, rows: [] });
const ALTERNATIVE = 'Board of shop: 2 running, "1" <waiting>.';
const pictured = (words: string, title = 'the board'): Document => join(line(words), doc(image(board(title), ALTERNATIVE)));

const never = new AbortController().signal;

/** How pictures are shown, whatever the network: beside the text, once, with words, and never in place of the text. */
export function describePictures(name: string, create: () => Promise<PictureHarness>): void {
  describe(`transport ${name}, with pictures`, () => {
    const open: PictureHarness[] = [];
    const start = async (harness: PictureHarness): Promise<PictureHarness> => {
      open.push(harness);
      await harness.transport.start(() => 'accepted');
      return harness;
    };
    afterEach(async () => {
      for (const harness of open.splice(0)) {
        await harness.transport.stop(never);
        await harness.close();
      }
    });

    it('shows a picture beside the text, with its words for who does not see it', async () => {
      const { transport, room, shown, pictures } = await start(await create());
      const refs = await transport.send(room, pictured('2 items are running'), 'outbox:1', { again: false });
      expect(refs).toHaveLength(1);
      await eventually(async () => expect(await pictures()).toEqual([{ png: 'PNG of the board', alternative: ALTERNATIVE }]));
      // The words of the picture say the same as the text: they stand in no text.
      expect((await shown()).split('2 items are running')).toHaveLength(2);
      expect(await shown()).not.toContain('Board of shop');
    });

    it('shows the same key once', async () => {
      const { transport, room, pictures } = await start(await create());
      await transport.send(room, pictured('2 items are running'), 'outbox:1', { again: false });
      await transport.send(room, pictured('2 items are running'), 'outbox:1', { again: true });
      expect(await pictures()).toHaveLength(1);
    });

    it('shows text and picture once when the next process sends again what was perhaps sent', async () => {
      const first = await start(await create());
      first.loseReply();
      const before = first.transport.send(first.room, pictured('2 items are running'), 'outbox:1', { again: false });
      await expect(before).rejects.toMatchObject({ outcome: 'unknown' });
      const second = await start(await first.nextProcess());
      await second.transport.send(second.room, pictured('2 items are running'), 'outbox:1', { again: true });
      const third = await start(await second.nextProcess());
      await third.transport.send(third.room, pictured('2 items are running'), 'outbox:1', { again: true });
      expect((await third.shown()).split('2 items are running')).toHaveLength(2);
      expect(await third.pictures()).toHaveLength(1);
    });

    it('shows the text alone where the network does not take the picture', async () => {
      const { transport, room, shown, pictures, refusePictures } = await start(await create());
      refusePictures();
      await transport.send(room, pictured('2 items are running'), 'outbox:1', { again: false });
      expect((await shown()).split('2 items are running')).toHaveLength(2);
      expect(await pictures()).toEqual([]);
    });

    it('shows the text alone where the picture can’t be drawn', async () => {
      const { transport, room, shown, pictures } = await start(await create());
      await transport.send(room, pictured('2 items are running', ''), 'outbox:1', { again: false });
      expect((await shown()).split('2 items are running')).toHaveLength(2);
      expect(await pictures()).toEqual([]);
    });

    it('keeps the picture when the buttons of its message are taken off', async () => {
      const { transport, room, shown, pictures } = await start(await create());
      const body = join(pictured('2 items are running'), doc(actions(action('Pause', 'pause'))));
      const [ref] = await transport.send(room, body, 'outbox:1', { again: false });
      if (ref === undefined || !('retire' in transport)) throw new Error('It has no name, or no buttons.');
      await (transport as typeof transport & { retire(of: typeof ref, now: Document): Promise<void> }).retire(
        ref,
        pictured('2 items are running'),
      );
      await eventually(async () => expect(await shown()).not.toContain('Pause'));
      expect(await pictures()).toHaveLength(1);
    });

    it('shows a picture once beside a text of several messages', async () => {
      const { transport, room, pictures } = await start(await create());
      const words = 'word '.repeat(transport.capabilities.maxText / 2);
      const refs = await transport.send(room, join(doc(paragraph(words)), doc(image(board('x'), ALTERNATIVE))), 'outbox:1', {
        again: false,
      });
      expect(refs.length).toBeGreaterThan(1);
      expect(await pictures()).toHaveLength(1);
    });
  });
}
