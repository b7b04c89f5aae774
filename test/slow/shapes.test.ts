import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded, until } from '../e2e/harness.ts';
import { figure } from '../figure.ts';

// Line 36 of what must hold: shapes that a repository or an agent can make cost their own item an attempt at most, within a bounded time,
// and nobody else anything.

let bench: Bench;
afterEach(() => bench.close());

/** What the tool of an agent makes of its worktree. */
const SHAPES = String.raw`
commit() { git add -A >/dev/null 2>&1; git commit -qm "$1"; }
work() { echo work > work.txt; git add work.txt; git commit -qm work -- work.txt; }
case $1 in
sparse) truncate -s 60G giant; work ;;
sparse-left) truncate -s 60G giant; echo x > small.txt ;;
index-left) b=$(echo x | git hash-object -w --stdin); seq 300000 | sed "s|.*|100644 $b 0	many/&|" | git update-index --index-info; echo work > work.txt; git add work.txt ;;
patterns) seq 20000 | sed 's|.*|**/a&/**/b*/**/*c&*|' > .gitignore; cp .gitignore .gitattributes; sed -i 's|$| text|' .gitattributes; mkdir -p d/e/f/g; (cd d/e/f/g && seq 300 | xargs touch); git add -Af >/dev/null 2>&1; git commit -qm patterns ;;
fifos) mkfifo pipe .gitmodules sub; mkdir dir; mkfifo dir/.gitignore dir/.gitattributes; work ;;
fifo-ignore) work; mkfifo .gitignore ;;
fifo-attributes) work; mkfifo .gitattributes ;;
fifo-tracked) work; rm list.txt; mkfifo list.txt ;;
socket) "$NODE" -e 'net.createServer().listen("sock", () => process.kill(process.pid, "SIGKILL"))'; work ;;
devices) for n in CON NUL aux.txt com1 'LPT1 ' 'a:b' 'a\b' '...' 'git~1' ' '; do echo x > "$n"; done; commit names ;;
names) "$NODE" -e 'for (const n of ["a\nb", Buffer.from([255, 254]), "\t", "\u001b[31m", "\u202e", "a\r", "\u0022q\u0022", "-rf", "--", "@{u}", ":(top)x", "*", "x".repeat(255)]) fs.writeFileSync(n, "x")'; commit names ;;
names-left) "$NODE" -e 'for (const n of ["a\nb", Buffer.from([255, 254]), "\t", "\u001b[31m", "\u202e", "a\r", "\u0022q\u0022", "-rf", "--", "@{u}", ":(top)x", "*", "x".repeat(255)]) fs.writeFileSync(n, "x")' ;;
refs) h=$(git rev-parse HEAD); seq 20000 | sed "s|.*|create refs/heads/mine/& $h|" | git update-ref --stdin; work ;;
refs-loose) h=$(git rev-parse HEAD); d=$(git rev-parse --git-common-dir); mkdir -p $d/refs/tags/t; (cd $d/refs/tags/t; for i in $(seq 5000); do echo $h > $i; done); work ;;
branch) n=$("$NODE" -p 'Array(15).fill("b".repeat(200)).join("/")'); git switch -qc "$n"; work ;;
message) work; (echo subject; head -c 50000000 /dev/zero | tr '\0' m) > ../msg.$$; git commit -q --amend -F ../msg.$$; rm ../msg.$$ ;;
subject) work; (head -c 5000000 /dev/zero | tr '\0' m) > ../msg.$$; git commit -q --amend -F ../msg.$$; rm ../msg.$$ ;;
parents) work; t=$(git rev-parse HEAD^{tree}); h=$(git rev-parse HEAD); for i in $(seq 1500); do echo "commit refs/heads/p$i
committer a <a@a> $i +0000
data 1
x
from $h
"; done | git fast-import --quiet; (echo "tree $t"; git for-each-ref --format='parent %(objectname)' 'refs/heads/p*'; echo "parent $h"; echo "author a <a@a> 1 +0000"; echo "committer a <a@a> 1 +0000"; echo; echo many) > ../c.$$; c=$(git hash-object -t commit -w ../c.$$); rm ../c.$$; git for-each-ref --format='delete %(refname)' 'refs/heads/p*' | git update-ref --stdin; git reset -q --hard $c ;;
commits) h=$(git rev-parse HEAD); b=$(git symbolic-ref HEAD); (for i in $(seq 20000); do echo "commit refs/heads/tmp-commits
committer a <a@a> $i +0000
data 1
x"; [ $i = 1 ] && echo "from $h"; echo "M 100644 inline f
data 6
$(printf %05d $i)
"; done) | git fast-import --quiet; git reset -q --hard refs/heads/tmp-commits; git branch -qD tmp-commits ;;
esac
echo "shape: $? $(git log -1 --format=%h 2>&1)"
`;

const ALL = [...SHAPES.matchAll(/^([a-z-]+)\) /gm)].map(([, name = '']) => name);

/** Where Musher commits what the agent has left. */
const LEFT = new Set(['sparse-left', 'index-left', 'names-left']);

test.each(ALL)('one shape costs nobody but its own item: %s', async (name) => {
  bench = new Bench({
    top: 'max_coders = 2\nmax_retries = 0',
    agents: {
      coder: { stage: 'current', keys: LEFT.has(name) ? 'commit = "musher"' : '', env: { NODE: process.execPath } },
      other: { stage: 'current' },
    },
    files: { 'shape.sh': SHAPES },
  });
  const musher = bench.start();
  const made = `coder: tool bash shape.sh ${name}; usage 1 1 0; raise made; success`;
  musher.type(create('Shape', made), create('Plain'), 'assign 1 coder', 'assign 2 other', 'start 1');
  await until(() => bench.raised('made'));
  const begun = performance.now();
  musher.type('start 2', 'wait 2 done 60');
  await until(() => bench.item(2).stage.name === 'done');
  const plain = performance.now() - begun;
  await until(() => ['done', 'archived'].includes(bench.item(1).stage.name));
  const ended = succeeded(await musher.end());
  expect(ended).not.toContain('went wrong inside Musher');
  figure(
    `shape ${name}: another item merged after ${Math.round(plain)} ms, itself ${bench.item(1).stage.name} after ${Math.round(performance.now() - begun)} ms`,
  );
});
