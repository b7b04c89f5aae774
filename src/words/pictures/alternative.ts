import type { Picture, PictureBar, PictureSection } from '../../message/picture/picture.ts';
import { clampText } from '../../message/split.ts';

/** Networks take a thousand characters of it or two; what is beyond them is in the text beside the picture. */
const MOST = 4_000;

/** All that a picture says, in sentences, for who does not see it. */
export function alternative(picture: Picture): string {
  return clampText(
    sentences(picture)
      .filter((one) => one !== '')
      .join(' '),
    MOST,
    'utf16',
  );
}

function sentences(picture: Picture): string[] {
  switch (picture.of) {
    case 'board':
      return [
        stop(`Board of ${picture.title}: ${picture.stages.map(({ name, count }) => `${name} ${count}`).join(', ')}`),
        stop(picture.note),
        stop(picture.remark ?? ''),
        ...picture.sections.map(section),
      ];
    case 'digest':
      return [
        stop(`${picture.title}: ${picture.facts.map(({ value, label }) => `${value} ${label}`).join(', ')}`),
        stop(picture.note),
        ...picture.sections.map(section),
      ];
    case 'graph':
      return [
        stop(`Dependencies of ${picture.title}`),
        stop(picture.note),
        ...picture.nodes.map(({ number, title, detail }) => {
          const needs = picture.edges.filter(([, to]) => to === number).map(([from]) => `#${from}`);
          return stop(`${title}: ${detail}${needs.length === 0 ? '' : `, depends on ${needs.join(', ')}`}`);
        }),
      ];
    case 'cost':
      return [
        stop(`${picture.title}: ${picture.note}`),
        bars(
          'By day',
          picture.days.filter(({ amount }) => amount > 0),
        ),
        bars('Budgets', picture.budgets),
        ...picture.groups.map((group) => bars(group.title, group.bars, group.more)),
      ];
    case 'diff':
      return [
        stop(`${picture.title}, ${picture.note}`),
        stop(
          [...picture.files.map(({ path, added, removed }) => `${path} +${added} −${removed}`), ...listed(picture.moreFiles)].join(', '),
        ),
        stop('The picture shows the first lines of the change'),
      ];
    case 'card':
      return [
        stop(`${picture.title}: ${picture.state}`),
        stop(`Stage ${picture.stages[picture.at] ?? 'none'} of ${picture.stages.join(', ')}`),
        ...picture.fields.map(({ name, value }) => stop(`${name}: ${value}`)),
      ];
    case 'code':
      return [stop(`QR code: ${picture.title}`)];
  }
}

function section({ title, rows, more }: PictureSection): string {
  return stop(`${title}: ${[...rows.map((row) => `${row.title} (${row.detail})`), ...listed(more)].join('; ')}`);
}

function bars(title: string, all: readonly PictureBar[], more: string | null = null): string {
  return all.length === 0 ? '' : stop(`${title}: ${[...all.map(({ label, words }) => `${label} ${words}`), ...listed(more)].join(', ')}`);
}

function listed(more: string | null): string[] {
  return more === null ? [] : [more];
}

function stop(text: string): string {
  return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}
