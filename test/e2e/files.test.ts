import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { DeviceFile } from '../fakes/file-shelf.ts';
import { BWRAP, MISSING } from '../security/sandboxed.ts';
import { until, type AgentKeys } from './harness.ts';
import { ThreeNetworks } from './three-networks.ts';

/** Copies the files that its prompt names, waits until it is told something, copies what came with that, and commits. */
const AGENT = `
section() { sed -n '/^----- files -----$/,/^----- end of files -----$/p' "$MUSHER_PROMPT_FILE" | grep '^/'; }
section | sed 's/ ([a-z]*\\/[a-z-]*, [0-9]* bytes).*$//' > "$FLAGS/paths"
n=0
while IFS= read -r file; do
  n=$((n + 1))
  cat "$file" > "$FLAGS/given-$n"
  { echo more >> "$file"; } 2>/dev/null && touch "$FLAGS/written"
  { chmod u+w "$file" || rm -f "$file" || touch "$(dirname "$file")/more"; } 2>/dev/null && touch "$FLAGS/changed"
done < "$FLAGS/paths"
touch "$FLAGS/there"
while [ ! -s "$MUSHER_TOLD_FILE" ]; do sleep 0.05; done
path=$(sed 's/.*"files":\\["\\([^"]*\\)"\\].*/\\1/' "$MUSHER_TOLD_FILE")
cat "$path" > "$FLAGS/later"
printf '{"type":"read","id":%s}\\n' "$(sed 's/.*"id":\\([0-9]*\\).*/\\1/' "$MUSHER_TOLD_FILE")"
echo done > draft.txt
git add draft.txt && git commit -qm work
printf '{"type":"result","status":"success"}\\n'`;
const agent: AgentKeys = { stage: 'current', runtime: 'command', command: ['/bin/sh', '-c', AGENT] };

const photo = (name: string, seed: number): DeviceFile => ({
  name,
  type: 'image/png',
  bytes: Buffer.from(Array.from({ length: 5_000 }, (_, n) => (n * seed) % 256)),
});
const sha = ({ bytes }: DeviceFile): string => createHash('sha256').update(bytes).digest('hex');

let all: ThreeNetworks;
afterEach(() => all.close());

test('files that come with words, or alone under an item’s message, are kept, shown, given to its agent, also while it runs, and purged', async () => {
  all = await ThreeNetworks.open({ agents: { 'coder-1': agent } });
  const { bench } = all;
  const [gap, logo, late] = [photo('../gap in the cart.png', 7), photo('logo.png', 11), photo('late.png', 13)];
  const musher = bench.open();
  await all.connected('slack', 'discord', 'matrix');
  void all.slack.share(gap, '<@UBOT> create bug Cart');
  await all.shows('slack', 'File kept for its agents: gap in the cart.png (5 kB).');
  // A reply without words, to what Musher said of the item.
  all.write('matrix', 'show 1');
  await all.shows('matrix', 'gap in the cart.png (5 kB, image/png)');
  const shown = all.matrix.sentTo('!room:example.org').at(-1)?.['event_id'];
  all.matrix.attach('!room:example.org', logo, '', { 'm.relates_to': { 'm.in_reply_to': { event_id: shown } } });
  await all.shows('matrix', 'comment added by ada');
  expect(bench.only('item.commented', 1).map(({ payload }) => payload.text)).toEqual(['sent logo.png']);
  musher.type('start 1');
  await until(() => bench.raised('there'));
  all.discord.attach(all.ada, all.room, late, '!tell 1 like this');
  await all.shows('discord', 'File kept for its agents: late.png (5 kB).');
  musher.type('wait 1 done 30');
  await until(
    () => bench.item(1).stage.name === 'done',
    () => JSON.stringify(bench.events(1).slice(-3)),
  );
  expect(bench.only('item.files_added', 1).map(({ actor, payload }) => [actor, payload.files])).toEqual(
    [gap, logo, late].map((file) => [
      'person:ada',
      [{ hash: sha(file), name: file.name.replace('../', ''), type: 'image/png', bytes: 5_000 }],
    ]),
  );
  const read = (flag: string): Buffer => readFileSync(join(bench.flags, flag));
  expect([read('given-1').equals(gap.bytes), read('given-2').equals(logo.bytes), read('later').equals(late.bytes)]).toEqual([
    true,
    true,
    true,
  ]);
  const paths = read('paths').toString().trim().split('\n');
  expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual([0o400, 0o400]);
  expect(readdirSync(join(bench.data, 'files')).toSorted()).toEqual([gap, logo, late].map(sha).toSorted());
  for (const name of bench.git(['log', '--all', '--name-only', '--format=']).split('\n')) expect(name).not.toMatch(/png/);

  musher.type('delete 1 --purge');
  await musher.said(/yes/);
  musher.type('yes');
  await until(() => bench.only('item.purged', 1).length === 1);
  await until(() => readdirSync(join(bench.data, 'files')).length === 0);
  expect(paths.filter((path) => existsSync(path))).toEqual([]);
  expect(JSON.stringify(bench.events(1))).not.toMatch(/gap|logo|late\.png/);
  await musher.kill('SIGTERM');
});

test.skipIf(MISSING !== null)(
  'in a sandbox an agent reads the files and changes none, and what comes while it runs is there as well',
  async () => {
    all = await ThreeNetworks.open({ agents: { 'coder-1': agent } });
    const { bench } = all;
    const toml = readFileSync(join(bench.dir, 'bot.toml'), 'utf8');
    const keys = `path = "./shop"\nsandbox = "bubblewrap"\nsandbox_write = ${JSON.stringify([bench.flags])}\n`;
    bench.write('bot.toml', `bubblewrap = ${JSON.stringify(BWRAP)}\n${toml.replace('path = "./shop"\n', keys)}`);
    const musher = bench.open();
    await all.connected('slack', 'discord', 'matrix');
    void all.slack.share(photo('gap.png', 7), '<@UBOT> create bug Cart');
    await all.shows('slack', 'File kept for its agents');
    musher.type('start 1');
    await until(() => bench.raised('there'));
    all.discord.attach(all.ada, all.room, photo('late.png', 13), '!tell 1 like this');
    await until(
      () => bench.item(1).stage.name === 'done',
      () => JSON.stringify(bench.events(1).slice(-3)),
    );
    expect(readFileSync(join(bench.flags, 'given-1')).equals(photo('gap.png', 7).bytes)).toBe(true);
    expect(readFileSync(join(bench.flags, 'later')).equals(photo('late.png', 13).bytes)).toBe(true);
    expect([bench.raised('written'), bench.raised('changed')]).toEqual([false, false]);
    await musher.kill('SIGTERM');
  },
);

test('a Musher that dies between a file and its event fetches it again, and the command runs once', async () => {
  all = await ThreeNetworks.open({ agents: { 'coder-1': 'current' } });
  const { bench } = all;
  const dying = bench.service({ MUSHER_CRASH_AT: 'after-file-kept' });
  await all.connected('slack');
  void all.slack.share(photo('gap.png', 7), '<@UBOT> create bug Cart').heard.catch(() => false);
  await until(() => !dying.running);
  expect(bench.rows("SELECT 1 FROM events WHERE kind = 'item.created'")).toEqual([]);
  const musher = bench.service();
  await all.shows('slack', 'File kept for its agents: gap.png (5 kB).');
  expect(all.slack.shelf.asked).toEqual(['F1', 'F1']);
  expect(bench.only('item.files_added', 1)).toHaveLength(1);
  expect(all.said('slack').split('Created bug')).toHaveLength(2);
  await musher.kill('SIGTERM');
});

test('a file that can’t be had keeps no words from their effect, and the reply says which and how to send it again', async () => {
  all = await ThreeNetworks.open({ agents: { 'coder-1': 'current' } });
  const { bench } = all;
  bench.expectedProblems.push(/a file of a message on (?:slack|discord)/);
  const musher = bench.service();
  await all.connected('slack', 'discord', 'matrix');
  // An app that was installed before files were known.
  all.slack.scopes = all.slack.scopes.filter((scope) => scope !== 'files:read');
  void all.slack.share(photo('gap.png', 7), '<@UBOT> create bug Cart');
  await all.shows(
    'slack',
    '✗ gap.png is missing: Musher isn’t allowed to read files here. Reply to this message with the file to send it again.',
  );
  expect(bench.item(1).title).toBe('Cart');
  // As the reply says, once the app is installed again.
  all.slack.scopes.push('files:read');
  await until(() => bench.unsent() === 0);
  const reply = all.slack.rooms.all.findLast(({ bot, text }) => bot && text.includes('is missing'));
  void all.slack.share(photo('gap.png', 7), '', { thread: reply?.ts ?? null });
  await all.shows('slack', 'File kept for its agents: gap.png (5 kB).');
  // Gone for good, and back at the third try.
  all.discord.shelf.mishaps.push('gone');
  all.discord.attach(all.ada, all.room, photo('a.png', 5), '!comment 1 look');
  await all.shows('discord', '✗ a.png is missing: it was deleted.');
  all.discord.shelf.mishaps.push('broken', 'cut');
  all.discord.attach(all.ada, all.room, photo('b.png', 3), '!comment 1');
  await all.shows('discord', 'File kept for its agents: b.png (5 kB).');
  all.matrix.attach('!room:example.org', photo('c.png', 3), '!status');
  await all.shows('matrix', 'The file was not kept');
  expect(bench.only('item.commented', 1).map(({ payload }) => payload.text)).toEqual(['sent gap.png', 'look', 'sent b.png']);
  expect(bench.only('item.files_added', 1).flatMap(({ payload }) => payload.files.map(({ name }) => name))).toEqual(['gap.png', 'b.png']);
  await musher.kill('SIGTERM');
});

test('nothing of a stranger’s file is fetched', async () => {
  all = await ThreeNetworks.open({ agents: { 'coder-1': 'current' } });
  const musher = all.bench.service();
  await all.connected('slack');
  void all.slack.share(photo('gap.png', 7), '<@UBOT> create bug Cart', { user: 'U9' });
  await all.shows('slack', 'You have no role here');
  expect(all.slack.shelf.asked).toEqual([]);
  await musher.kill('SIGTERM');
});
