import { createHash } from 'node:crypto';
import { BOUNDS } from '../../../bounds.ts';
import type { ChangedFiles, FileChange } from '../../../git/changes/changed-files.ts';
import { parsePatch, type FilePatch } from '../../../git/changes/patch.ts';
import type { LogEntry } from '../../../git/history.ts';
import type { Project } from '../../../bot/capabilities.ts';
import type { WorkItem } from '../../../pipeline/types.ts';
import { revealed } from '../../../message/reveal.ts';
import { counted } from '../../../words/amounts.ts';
import { firstLine, itemLabel, mergedAs, shortCommit } from '../../../words/item/item.ts';
import { ITEM_WORDS } from '../../../words/pages/item.ts';
import { moment } from '../../../words/time.ts';
import { html, type Markup } from '../../html.ts';
import { itemLink, itemUrl } from '../../frame/item-row.ts';
import { inlines } from '../../frame/words.ts';
import type { Look, Shown } from '../../view.ts';
import { commentForm, maySay } from './comment.ts';
import { fileLines, type How } from './file.ts';

/** Of a change so much is shown at once; what is beyond is folded, and fetched when it is opened. */
const SHOWN = { files: 20, lines: 1_500, linesOfFile: 500 } as const;
/** Commits that can be chosen. */
const MOST_COMMITS = 50;

/** `/item/PROJECT/N/diff`: what an item changes, as a whole or by `?commit=`; `?view=split` puts both sides beside each other, `?file=` shows one file. */
export async function diffPage(look: Look, item: WorkItem): Promise<Shown | null> {
  const project = look.project(item.project);
  if (project === null || item.deletedAt !== null) return null;
  const { query, part } = look.request;
  const merged = mergedAs(item.stage);
  const branch = merged === null && item.work !== null ? item.work.branch : null;
  const commits = branch === null ? [] : await project.git.log({ branch, max: MOST_COMMITS });
  const typed = query.get('commit') ?? '';
  const commit = /^[0-9a-f]{7,64}$/.test(typed) ? (commits.find(({ sha }) => sha.startsWith(typed)) ?? null) : null;
  const change = await changeOf(project, item, commit);
  const at: At = { look, item, commits, commit, split: query.get('view') === 'split', file: query.get('file') };
  const title = `Changes of ${itemLabel(item, look.reader.current)}`;
  if (change === null || change.all === 0)
    return {
      title,
      parts: new Map(),
      body: () =>
        html`${head(at, null)}
          <p class="empty">${merged !== null && change === null ? ITEM_WORDS.commitGone : ITEM_WORDS.noChange}</p>`,
    };
  const only = at.file === null ? null : (change.files.find(({ path }) => path === at.file) ?? null);
  if (at.file !== null && only === null) return null;
  const open = only === null ? openFiles(change.files) : new Set([only]);
  const patches = await patchesOf(project, change, [...open]);
  const comment = only === null ? null : commentForm(look, item, only, patches.get(only) ?? null);
  const parts = new Map<string, () => Markup>(comment === null ? [] : [['comment', () => comment]]);
  const files = only === null ? change.files : [only];
  for (const file of files) if (open.has(file)) parts.set(idOf(file), () => lines(at, file, patches.get(file) ?? null));
  if (part === null && comment !== null)
    return { title, parts, body: () => html`${head(at, change)}${fileBox(at, only ?? files[0], open, patches)}${comment}` };
  return {
    title,
    parts,
    body: () =>
      html`${head(at, change)} ${only === null && stat(at, change, open)}
        <div class="files">${files.map((file) => fileBox(at, file, open, patches))}</div>
        ${change.all > change.files.length && html`<p class="more">${counted(change.all - change.files.length, 'file')} more</p>`}`,
  };
}

interface At {
  readonly look: Look;
  readonly item: WorkItem;
  readonly commits: readonly LogEntry[];
  readonly commit: LogEntry | null;
  readonly split: boolean;
  readonly file: string | null;
}

function changeOf({ git }: Project, { stage, work }: WorkItem, commit: LogEntry | null): Promise<ChangedFiles | null> {
  if (commit !== null) return git.changedFiles({ commit: commit.sha });
  const merged = mergedAs(stage);
  if (merged !== null) return git.changedFiles({ commit: merged.mergeCommit });
  return work === null ? Promise.resolve(null) : git.changedFiles({ branch: work.branch });
}

/** The files that are shown with their lines at once: the first small ones. */
function openFiles(files: readonly FileChange[]): Set<FileChange> {
  const open = new Set<FileChange>();
  let all = 0;
  for (const file of files) {
    const count = file.lines === null ? 0 : file.lines.added + file.lines.removed;
    if (count > SHOWN.linesOfFile || all + count > SHOWN.lines) continue;
    if (open.size >= SHOWN.files) break;
    open.add(file);
    all += count;
  }
  return open;
}

/** The patches of some files, in one look. What is cut of them is cut at the end of the last. */
async function patchesOf(project: Project, change: ChangedFiles, files: readonly FileChange[]): Promise<Map<FileChange, FilePatch>> {
  const wanted = files.filter(({ lines: count }) => count !== null && count.added + count.removed > 0);
  const paths = wanted.flatMap(({ path, from }) => (from === null ? [path] : [from, path]));
  const { text, truncated } = await project.git.filePatch(change, paths, BOUNDS.patchShown);
  const read = parsePatch(text);
  const byPath = new Map(
    read.map((one, index) => [one.after ?? one.before, truncated && index === read.length - 1 ? Object.assign(one, { cut: true }) : one]),
  );
  return new Map(
    wanted.flatMap((file): [FileChange, FilePatch][] => {
      const found = byPath.get(file.path);
      if (found !== undefined) return [[file, found]];
      return truncated ? [[file, { before: null, after: null, binary: false, hunks: [], cut: true }]] : [];
    }),
  );
}

function urlOf(
  { item, commit, split }: At,
  change: { readonly file?: string; readonly split?: boolean; readonly commit?: string | null; readonly line?: string } = {},
): string {
  const query = new URLSearchParams();
  const sha = change.commit === undefined ? (commit?.sha ?? null) : change.commit;
  if (sha !== null) query.set('commit', shortCommit(sha));
  if (change.split ?? split) query.set('view', 'split');
  if (change.file !== undefined) query.set('file', change.file);
  if (change.line !== undefined) query.set('line', change.line);
  const text = query.toString();
  return `${itemUrl(item)}/diff${text === '' ? '' : `?${text}`}`;
}

function head(at: At, change: ChangedFiles | null): Markup {
  const { look, item, commits, commit, split, file } = at;
  const here = file === null ? {} : { file };
  return html`<header class="item-head">
    <h1>Changes of ${itemLink(item, look)}</h1>
    ${
      change !== null &&
      html`<p>
        ${counted(change.all, 'file')}, <ins>+${change.added}</ins> <del>−${change.removed}</del>
        <span class="quiet">at ${shortCommit(change.to)}</span>
        ${mergedAs(item.stage) !== null && html`<span class="quiet">${ITEM_WORDS.merged}</span>`}
      </p>`
    }
    <div class="actions">
      ${file !== null && html`<a class="button" href="${urlOf(at)}">All files</a>`}
      <a class="button" href="${urlOf(at, { ...here, split: !split })}">${split ? 'Unified' : 'Side by side'}</a>
    </div>
    ${
      commits.length > 1 &&
      html`<details class="commits" ${commit !== null && html` open`}>
        <summary>${commit === null ? counted(commits.length, 'commit') : html`Commit ${shortCommit(commit.sha)}`}</summary>
        <ul class="runs">
          <li><a href="${urlOf(at, { commit: null })}" ${commit === null && html` aria-current="true"`}>All together</a></li>
          ${commits.map((one) => commitRow(at, one))}
        </ul>
      </details>`
    }
  </header>`;
}

function commitRow(at: At, one: LogEntry): Markup {
  const { reader } = at.look;
  return html`<li>
    <a href="${urlOf(at, { commit: one.sha })}" ${one === at.commit && html` aria-current="true"`}><code>${shortCommit(one.sha)}</code></a>
    <bdi>${revealed(firstLine(one.subject, 100))}</bdi>
    <span class="quiet">${revealed(firstLine(one.author, 40))}, ${inlines([moment(one.at, reader.now, reader.timezone)])}</span>
  </li>`;
}

function idOf({ path }: FileChange): string {
  return `file-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`;
}

/** The files of the change, each a link to its lines. */
function stat(at: At, change: ChangedFiles, open: ReadonlySet<FileChange>): Markup {
  if (change.files.length < 2) return html``;
  return html`<details class="stat" ${change.files.length <= SHOWN.files && html` open`}>
    <summary>Files</summary>
    <ul>
      ${change.files.map(
        (file) =>
          html`<li>
            <a href="${open.has(file) ? `#${idOf(file)}` : urlOf(at, { file: file.path })}"><bdi>${revealed(file.path)}</bdi></a>
            ${counts(file)}
          </li>`,
      )}
    </ul>
  </details>`;
}

const STATUS: { readonly [S in FileChange['status']]: string } = {
  added: 'new',
  deleted: 'deleted',
  modified: '',
  renamed: 'renamed',
  copied: 'copied',
  retyped: 'other type',
};

function counts({ status, lines: count, modes }: FileChange): Markup {
  const moded = modes.before !== null && modes.after !== null && modes.before !== modes.after;
  return html`<span class="counts">
    ${STATUS[status] !== '' && html`<span class="mark">${STATUS[status]}</span>`}
    ${moded && html`<span class="mark">${modes.before} → ${modes.after}</span>`}
    ${count === null ? html`<span class="mark">binary</span>` : html`<ins>+${count.added}</ins> <del>−${count.removed}</del>`}
  </span>`;
}

function fileBox(at: At, file: FileChange | undefined, open: ReadonlySet<FileChange>, patches: ReadonlyMap<FileChange, FilePatch>): Markup {
  if (file === undefined) return html``;
  const isOpen = open.has(file);
  const url = urlOf(at, { file: file.path });
  const name = html`${file.from !== null && html`<bdi>${revealed(file.from)}</bdi> → `}<bdi>${revealed(file.path)}</bdi>`;
  return html`<details class="file" ${isOpen ? html` open` : html` data-loads="${url}" data-part="${idOf(file)}"`}>
    <summary><span class="path">${name}</span> ${counts(file)}</summary>
    ${
      isOpen
        ? lines(at, file, patches.get(file) ?? null)
        : html`<div id="${idOf(file)}">
            <p class="note"><a href="${url}">Show</a></p>
          </div>`
    }
  </details>`;
}

function lines(at: At, file: FileChange, patch: FilePatch | null): Markup {
  const how: How = {
    split: at.split,
    lineUrl: maySay(at.look, at.item) ? (path, side, line) => urlOf(at, { file: path, line: `${side}:${line}` }) : null,
  };
  return html`<div id="${idOf(file)}">${fileLines(file, patch, how)}</div>`;
}
