import type { Block } from '../../message/document.ts';
import type { PictureRow } from '../../message/picture/picture.ts';
import type { Standing, StandingItem } from '../../decide/standing.ts';
import { STAGES, type StageName, type WorkItem } from '../../pipeline/types.ts';
import { itemTitle, mergedAs, shortCommit } from '../item/item.ts';
import { runState, runTime } from '../item/run.ts';
import { JUST_NOW_MS, stepWords } from '../item/step.ts';
import type { Reader } from '../reader.ts';
import { duration, moment } from '../time.ts';
import { pictureBlock, said, sectionOf, toneOf } from './block.ts';

/** What a board shows of a project. */
export interface BoardFacts {
  readonly project: string;
  /** Slots and cost, or whatever else stands below the name. */
  readonly note: string;
  readonly counts: Readonly<Record<StageName, number>>;
  readonly standing: Standing;
  readonly merged: readonly WorkItem[];
  /** What holds everything up, or that there is nothing. */
  readonly remark: string | null;
  /** When an item came to where it is; null: not known. */
  readonly arrivedAt: (item: WorkItem) => number | null;
}

/** The board as a picture: what `status` says, in the same order. */
export function boardPicture(facts: BoardFacts, reader: Reader): Block {
  const { project, note, counts, standing, merged, remark, arrivedAt } = facts;
  const stands = (one: StandingItem): PictureRow => standingRow(one, arrivedAt(one.item), reader);
  return pictureBlock({
    of: 'board',
    title: project,
    note,
    stages: STAGES.map((name) => ({ name, count: counts[name] })),
    remark,
    sections: [
      ...sectionOf('Running', standing.running, stands),
      ...sectionOf('Next', standing.moving, stands),
      ...sectionOf('Waiting', standing.waiting, stands),
      ...sectionOf('Blocked', standing.blocked, stands),
      ...sectionOf('Merged', merged, (item) => mergedRow(item, reader)),
    ],
  });
}

/** An item that is not over: the run at work, or what it waits for and since when. */
export function standingRow({ item, step, run }: StandingItem, since: number | null, reader: Reader): PictureRow {
  const title = itemTitle(item, reader.current);
  if (run !== null && step.reason.kind !== 'asks-people')
    return {
      tone: 'running',
      title,
      detail: `${run.agent} ${runState(run)} in ${item.stage.name} · ${duration(runTime(run, reader.now))} · run ${run.run}`,
    };
  const ms = since === null ? 0 : reader.now - since;
  const waited = ms < JUST_NOW_MS ? '' : ` · ${duration(ms)}`;
  return { tone: toneOf(step, run), title, detail: `${said(stepWords(item, step, reader))}${waited}` };
}

/** A merged item: its commit and when. */
export function mergedRow(item: WorkItem, reader: Reader): PictureRow {
  const merged = mergedAs(item.stage);
  const detail =
    merged === null ? '' : `${shortCommit(merged.mergeCommit)} · ${said([moment(merged.mergedAt, reader.now, reader.timezone)])}`;
  return { tone: 'merged', title: itemTitle(item, reader.current), detail };
}
