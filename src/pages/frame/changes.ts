import type { Change, Views } from '../../../transports/views.ts';
import type { Log } from '../../log/log.ts';
import type { LoggedEvent } from '../../pipeline/events.ts';

/** Missed more than this, a page is read anew as a whole. */
const MOST_MISSED = 1_000;

/** What an event touches, as elements name it in `data-live`. */
export function topicsOf({ kind, project, item }: Pick<LoggedEvent, 'kind' | 'project' | 'item'>): readonly string[] {
  const family = kind.slice(0, kind.indexOf('.'));
  const topics = [`project:${project}`];
  if (item !== null) topics.push(`item:${project}:${item}`);
  if (family === 'run' || family === 'account' || family === 'outage') topics.push('agents');
  if (kind === 'run.usage' || family === 'budget') topics.push('cost');
  if (family === 'room' || family === 'network' || family === 'musher') topics.push('networks');
  return topics;
}

/** Tells all who follow of each commit, with topics that are worked out once for all of them. */
export function followChanges(log: Log): Pick<Views, 'head' | 'follow' | 'since'> {
  const followers = new Set<(change: Change) => void>();
  let position = 0;
  let unlisten: (() => void) | null = null;
  const look = (): void => {
    const change = read(position);
    if (change === null) position = log.reads.lastSeq();
    else if (change.event === position) return;
    else position = change.event;
    const told: Change = change ?? { event: position, topics: ['*'] };
    for (const follower of followers) follower(told);
  };
  const read = (after: number): Change | null => {
    const events = log.reads.events(after, MOST_MISSED + 1);
    if (events.length > MOST_MISSED) return null;
    const topics = new Set(events.flatMap(topicsOf));
    return { event: events.at(-1)?.seq ?? after, topics: [...topics] };
  };
  return {
    head: () => log.reads.lastSeq(),
    since: read,
    follow(onChange) {
      if (followers.size === 0) position = log.reads.lastSeq();
      followers.add(onChange);
      unlisten ??= log.onCommit(look);
      return () => {
        followers.delete(onChange);
        if (followers.size > 0) return;
        unlisten?.();
        unlisten = null;
      };
    },
  };
}
