import type { MessageFile } from '../../src/message/address.ts';
import { download, FileFailure, ownAddress, type FileLimits } from '../files.ts';
import { asPayload, listOf, objectOf, textOf, type Payload } from './intake/payload.ts';
import type { CallSlack } from './web-api.ts';

const SLACK_FILES = 'https://files.slack.com/';

/** Files that are no more, or that the workspace's plan hides. */
const NOT_THERE: ReadonlySet<string | null> = new Set(['tombstone', 'hidden_by_limit']);

interface Source {
  readonly id: string | null;
  /** Null: of another workspace, it has to be asked for. */
  readonly url: string | null;
}

/** The files of a message. */
export function filesIn(message: Payload): readonly MessageFile[] {
  return listOf(message, 'files').flatMap((file) => {
    if (NOT_THERE.has(textOf(file, 'mode'))) return [];
    const size = file['size'];
    const source: Source = { id: textOf(file, 'id'), url: textOf(file, 'url_private') };
    return [
      {
        name: textOf(file, 'name') ?? textOf(file, 'title') ?? '',
        type: textOf(file, 'mimetype'),
        bytes: typeof size === 'number' && size >= 0 ? size : null,
        from: JSON.stringify(source),
      },
    ];
  });
}

/** Slack's own hosts of files, and the one beside a configured API: `slack-gov.com` has `files.slack-gov.com`. */
function hostsOf(apiUrl: string | null): readonly string[] {
  const own = new URL(SLACK_FILES).hostname;
  return apiUrl === null ? [own] : [own, `files.${new URL(apiUrl).hostname.replace(/^www\./, '')}`];
}

/** Fetches a file with the token of the bot, which goes to Slack's own hosts alone. Throws FileFailure. */
export async function fetchSlackFile(
  { call, token, apiUrl }: { readonly call: CallSlack; readonly token: string; readonly apiUrl: string | null },
  { from, type }: MessageFile,
  limits: FileLimits,
): Promise<Uint8Array> {
  const { id, url } = asPayload(JSON.parse(from)) as unknown as Source;
  const address = url ?? (await askedFor(call, id));
  const own = ownAddress(address, { hosts: hostsOf(apiUrl), api: apiUrl });
  try {
    const { data, headers } = await download(own, { Authorization: `Bearer ${token}` }, limits);
    // Slack shows a page to log in to whoever may not read it.
    if ((headers.get('content-type') ?? '').startsWith('text/html') && type !== 'text/html')
      throw new FileFailure('forbidden', 'Slack shows a page to log in instead of a file: the app lacks files:read');
    return data;
  } catch (error) {
    if (error instanceof FileFailure && error.why === 'elsewhere')
      throw new FileFailure('forbidden', 'Slack leads to a page to log in instead of a file: the app lacks files:read', error);
    throw error;
  }
}

async function askedFor(call: CallSlack, id: string | null): Promise<string> {
  if (id === null) throw new FileFailure('gone', 'a file without an address');
  try {
    return textOf(objectOf(await call('files.info', { file: id }), 'file'), 'url_private') ?? '';
  } catch (error) {
    throw new FileFailure('forbidden', 'Slack does not tell the address of a file', error);
  }
}
