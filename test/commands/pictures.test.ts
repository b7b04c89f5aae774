import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { imagesOf, withoutImages } from '../../src/message/build.ts';
import type { ImageBlock } from '../../src/message/document.ts';
import { plainText } from '../../src/message/plain.ts';
import type { RoomSettings } from '../../src/config/settings.ts';
import { draw } from '../../src/pictures/draw.ts';
import { makeDesk, makeWorld, type Answer, type Desk, type World } from './harness.ts';

const NOBODY = { admin: [], operator: [], viewer: [] };
const ROOM: RoomSettings = {
  transport: 'test',
  id: 'gallery',
  name: 'gallery',
  project: 'shop',
  notify: [],
  notifyStyle: 'messages',
  quietHours: null,
  digest: null,
  pictures: true,
  roles: NOBODY,
};

describe('pictures of commands', () => {
  let desk: Desk;
  let world: World;
  beforeAll(async () => {
    desk = await makeDesk();
  });
  afterAll(() => desk.remove());
  beforeEach(() => {
    world = makeWorld(desk, {}, [], { rooms: [ROOM] });
  });
  afterEach(() => world.close());

  const imageOf = ({ ok, body }: Answer): ImageBlock => {
    expect(ok).toBe(true);
    const [image, ...more] = imagesOf(body);
    if (image === undefined || more.length > 0) throw new Error('There is not one picture.');
    return image;
  };

  it('come only where they are asked for, and beside the same text', async () => {
    world.make({ title: 'Fix the login' });
    for (const words of ['status', 'cost', 'digest']) {
      const plain = await world.say(words);
      expect(imagesOf(plain.body)).toEqual([]);
      const pictured = await world.say(`${words} --picture`);
      expect(imageOf(pictured).picture.of).toBe(words === 'status' ? 'board' : words);
      expect(plainText(withoutImages(pictured.body), { width: 300 })).toBe(plain.text);
      expect(pictured.text).toBe(plain.text);
    }
  });

  it('come unasked in a room that wants them', async () => {
    expect(imageOf(await world.say('status', { room: 'gallery' })).picture.of).toBe('board');
    expect(imageOf(await world.say('cost today', { room: 'gallery' })).picture.of).toBe('cost');
  });

  it('say in words all that they show', async () => {
    const number = world.make({ title: 'Fix the <login>' });
    await world.say(`start ${number}`);
    const { alternative, picture } = imageOf(await world.say('status --picture'));
    expect(alternative).toContain(`#${number} Fix the <login>`);
    expect(alternative).toContain('Board of shop: backlog 0, current 1');
    expect(draw(picture).svg).toContain(`#${number} Fix the &lt;login&gt;`);
  });

  it('of the graph have what depends on what, and its words say so', async () => {
    const [first, second, third] = [world.make({ title: 'First' }), world.make({ title: 'Second' }), world.make({ title: 'Third' })];
    expect((await world.say('graph')).text).toContain('No open item of shop depends on another one');
    expect(imagesOf((await world.say('graph --picture')).body)).toEqual([]);
    await world.say(`depends ${second} on ${first}`);
    await world.say(`depends ${third} on ${first} ${second}`);
    const answer = await world.say('graph --picture');
    expect(answer.text).toContain('3 items that depend on each other');
    expect(answer.text).toContain(`#${third} Third · backlog · after #${first}, #${second}`);
    const { picture, alternative } = imageOf(answer);
    expect(picture).toMatchObject({
      of: 'graph',
      edges: [
        [first, second],
        [first, third],
        [second, third],
      ],
    });
    expect(alternative).toContain(`#${third} Third: backlog, depends on #${first}, #${second}`);
    // The way from the first to the third over the second is drawn, the short cut is not.
    expect(draw(picture).svg.split('class="edge"')).toHaveLength(3);
  });

  it('of the cost have the days, what agents and models used, and the budgets', async () => {
    const { picture, alternative } = imageOf(await world.say('cost --picture'));
    expect(picture).toMatchObject({ of: 'cost', title: 'Cost of shop' });
    expect(picture.of === 'cost' && picture.days).toHaveLength(14);
    expect(alternative).toContain('Cost of shop: today $0.00');
  });
});
