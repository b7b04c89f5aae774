import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { web } from '../../../transports/web/network.ts';

const section = (keys: Readonly<Record<string, unknown>>): Parameters<typeof web.doctor>[0] => web.keys.parse(keys);
const wrong = (keys: Readonly<Record<string, unknown>>): string[] =>
  (web.problems?.(section(keys)) ?? []).map(({ path }) => path.join('.'));
const found = async (keys: Readonly<Record<string, unknown>>): Promise<string[]> =>
  (await web.doctor(section(keys), [], AbortSignal.timeout(5_000))).map(({ level, what }) => `${level}: ${what}`);

it.each([
  [{}, []],
  [{ listen: '[::1]:0' }, []],
  [{ listen: '0.0.0.0:80', url: 'https://musher.example.org' }, []],
  [{ listen: '127.0.0.1' }, ['listen']],
  [{ listen: '127.0.0.1:70000' }, ['listen']],
  [{ listen: 'http://127.0.0.1:80' }, ['listen']],
  [{ listen: '0.0.0.0:80' }, ['listen']],
  [{ url: 'musher.example.org' }, ['url']],
  [{ url: 'https://musher.example.org/page' }, ['url']],
  [{ url: 'https://user:secret@musher.example.org' }, ['url']],
  [{ url: 'javascript:alert(1)' }, ['url']],
])('of the section %j these keys are wrong: %j', (keys, paths) => {
  expect(wrong(keys)).toEqual(paths);
});

it('doctor says that a port is taken, and what anybody on the way could read', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  expect(await found({ listen: `127.0.0.1:${port}` })).toEqual([
    `fail: the page cannot be served on 127.0.0.1:${port}: another program uses that port`,
  ]);
  expect(await found({ listen: '127.0.0.1:0', url: 'https://musher.example.org' })).toEqual([expect.stringMatching(/^ok:/)]);
  expect(await found({ listen: '127.0.0.1:0', url: 'http://musher.example.org' })).toEqual([
    expect.stringMatching(/^ok:/),
    expect.stringMatching(/^warn: http:\/\/musher\.example\.org is not encrypted/),
  ]);
  expect(await found({ listen: '0.0.0.0:0', url: 'https://musher.example.org', behind_proxy: true })).toEqual([
    expect.stringMatching(/^ok:/),
    expect.stringMatching(/^warn: behind_proxy is set, but others can reach/),
  ]);
});
