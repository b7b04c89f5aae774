import { LOCAL } from '../../../transports/index.ts';
import type { Transport } from '../../../transports/transport.ts';
import { digestOf, LINK_MS, newSecret } from '../../bot/page/links.ts';
import type { Log } from '../../log/log.ts';
import { linkWords } from '../../words/pages/entering.ts';
import { localOwner } from '../script.ts';

/** Shows a link to the page to whoever started Musher in a terminal. */
export async function showLink(log: Log, address: string, terminal: Transport): Promise<void> {
  const { transport, room } = LOCAL.address;
  const { id, name } = localOwner();
  const secret = newSecret();
  log.transaction((tx) =>
    tx.windows.addLink(digestOf(secret), { transport, room, sender: id, name, ingress: 'terminal', direct: true }, tx.now + LINK_MS),
  );
  await terminal.send(LOCAL.address, linkWords(`${address}/enter/${secret}`), `page:${secret.slice(0, 8)}`, { again: false });
}
