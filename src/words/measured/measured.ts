import type { Measure, MeasureResult } from '../../log/reads/measures.ts';
import { code, codeBlock, command, doc, line, paragraph, strong, type Content } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import { shortCommit } from '../item/item.ts';
import type { Reader } from '../reader.ts';
import { answer, done, refused } from '../replies.ts';
import type { Reply } from '../reply.ts';
import { duration } from '../time.ts';

/** How the two commands of a report are listed. */
export function reportSummaries(name: string): { readonly show: string; readonly run: string } {
  return { show: `Shows the last ${name} of the project.`, run: `Measures the ${name} of the project now.` };
}

export function reportDetails(name: string): string {
  return `The value, how old it is and of which commit. \`${name} run\` measures it on the base branch and answers when that is done.`;
}

/** The measurement has begun; the same message shows its result where the network can edit. */
export function measuring(name: string, project: string, here: string): Document {
  return line(`… Measuring ${named(name, project, here)}. `, typed(name, project, here), ' shows the last value meanwhile.');
}

/** The last value with its age, and that a later measurement failed. */
export function shownMeasure(
  name: string,
  project: string,
  { good, bad }: { readonly good: Measure | null; readonly bad: Measure | null },
  reader: Reader,
): Reply {
  const what = named(name, project, reader.current);
  const failed =
    bad !== null &&
    paragraph(
      `✗ The last measurement failed ${age(bad, reader)}: ${endWords(bad)}. `,
      typed(name, project, reader.current, ' run'),
      ' tries again.',
    );
  if (good === null) return answer(doc(paragraph(`There is no ${what} yet.`), failed, bad !== null && printed(bad)));
  return answer(
    doc(
      paragraph(
        `${what}: `,
        strong(good.value === '' ? '(nothing printed)' : good.value),
        ` · ${age(good, reader)}, `,
        code(shortCommit(good.commit)),
        ` · took ${duration(good.durationMs)} · asked by ${reader.nameOf(good.by)}`,
      ),
      good.output !== '' && codeBlock(good.output),
      failed,
    ),
  );
}

/** Nobody has measured it. */
export function neverMeasured(name: string, project: string, here: string): Reply {
  return done(`Nobody has measured ${named(name, project, here)} yet. `, typed(name, project, here, ' run'), ' does.');
}

/** It gave no value: why. */
export function measureFailed(name: string, project: string, here: string, result: MeasureResult): Document {
  const what = named(name, project, here);
  const again: Content[] = [' The last value stays. ', typed(name, project, here, ' run'), ' tries again.'];
  if (!result.ok) {
    switch (result.error.why) {
      case 'stopped':
        return line(`✗ ${what} was not measured: Musher stopped.`, ...again);
      case 'not-awaited':
        return line(`… ${what} is still measured. `, typed(name, project, here), ' shows the value when it is there.');
      case 'failed':
        return line(`✗ ${what} was not measured: ${result.error.said}`, ...again);
    }
  }
  const { value, output } = result.value;
  const said = [output, value].filter((text) => text !== '').join('\n');
  return doc(paragraph(`✗ ${what} was not measured: ${endWords(result.value)}.`, ...again), said !== '' && codeBlock(said));
}

/** The project has no report of that name; `having`: those that have one. */
export function noSuchReport(name: string, project: string, having: readonly string[]): Reply {
  const [first] = having;
  if (first === undefined) return refused('no-such-report', `${project} has no report “${name}”.`);
  return refused(
    'no-such-report',
    `${project} has no report “${name}”; ${having.join(', ')} ${having.length === 1 ? 'has' : 'have'} one: `,
    command(`${name} ${first}`),
    '.',
  );
}

function named(name: string, project: string, here: string): string {
  return project === here ? name : `${name} of ${project}`;
}

function typed(name: string, project: string, here: string, further = ''): Content {
  return command(`${name}${further}${project === here ? '' : ` ${project}`}`);
}

/** `3 min ago`, `just now`. */
function age({ at }: Measure, { now }: Reader): string {
  return now - at < 60_000 ? 'just now' : `${duration(now - at)} ago`;
}

function endWords({ exitCode, timedOut, durationMs }: Pick<Measure, 'exitCode' | 'timedOut' | 'durationMs'>): string {
  if (timedOut) return `no end after ${duration(durationMs)}`;
  return exitCode === null ? 'it was killed or printed too much' : `exit code ${exitCode}`;
}

function printed({ output, value }: Measure): ReturnType<typeof codeBlock> | false {
  const said = [output, value].filter((text) => text !== '').join('\n');
  return said !== '' && codeBlock(said);
}
