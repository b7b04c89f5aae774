import { code, command, type Content } from '../message/build.ts';
import type { Discovered } from '../pipeline/why/discovery.ts';
import { unconfiguredWords, wayBack } from './unconfigured.ts';
import { firstLine, shortCommit } from './item/item.ts';

/** UTF-16 units of a name or of an old log's sentence. */
const LONGEST = 300;

/** What a start found beside the log and what became of it, as a line of a list: `shop#3: its branch was gone, restored at 1a2b3c4d`. */
export function discoveryWords(found: Discovered): Content[] {
  if (typeof found === 'string') return [firstLine(found, LONGEST)];
  const item = 'item' in found ? `${found.project}#${found.item}` : '';
  switch (found.kind) {
    case 'stray-folder':
      return ['folder ', code(named(found.folder)), ' doesn’t belong to any item, moved to ', code(named(found.to))];
    case 'dead-lock':
      return ['a killed git left the lock ', code(named(found.lock)), ', moved to ', code(named(found.to))];
    case 'branch-restored':
      return [`${item}: its branch was gone, restored at `, code(shortCommit(found.head))];
    case 'commit-kept':
      return [`${item}: its branch lost `, code(shortCommit(found.head)), `, kept as snapshot ${found.snapshot}`];
    case 'branch-lost':
      return [
        `${item}: its branch and its last commit `,
        code(shortCommit(found.head)),
        ' are gone, ',
        command(`snapshots ${item}`),
        ' lists what was kept',
      ];
    case 'unknown-branch':
      return ['branch ', code(named(found.branch)), ` doesn’t belong to any item of ${found.project}, left as it is`];
    case 'blocking-lock':
      return ['the lock ', code(named(found.lock)), ' stops git from updating branches. Delete it if no git is running there'];
    case 'not-configured':
      return [`${unconfiguredWords(found)}. ${wayBack(found)}`.replace(/\.$/, '')];
    case 'not-compared':
      return [`${found.project} could not be compared with its log. The log file has the details`];
  }
}

function named(name: string): string {
  return firstLine(name, LONGEST);
}
