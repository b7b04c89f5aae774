import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A door between a client and a real server on the loopback, which can be shut and can swallow answers. */
export interface Gate {
  readonly url: string;
  /** Breaks all connections and lets none in. */
  shut(): Promise<void>;
  open(): Promise<void>;
  /** The next request that contains the text reaches the server, but its answer does not come back: the connection breaks instead. */
  swallowAnswerTo(text: string): void;
}

export async function openGate(to: URL): Promise<Gate> {
  const sockets = new Set<Socket>();
  let port = 0;
  let swallow: string | null = null;
  let server: Server | null = null;

  const pass = (client: Socket): void => {
    const upstream = connect(Number(to.port), to.hostname);
    let swallowing = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
      // Broken connections are what this is for.
      socket.on('error', () => {});
    }
    client.on('data', (data) => {
      if (swallow !== null && data.toString('latin1').includes(swallow)) {
        swallow = null;
        swallowing = true;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (swallowing) client.destroy();
      else client.write(data);
    });
  };
  const open = (): Promise<void> =>
    new Promise((resolve) => {
      const listening = createServer(pass).listen(port, '127.0.0.1', () => {
        port = (listening.address() as AddressInfo).port;
        resolve();
      });
      server = listening;
    });
  await open();
  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    open,
    shut: () =>
      new Promise((resolve) => {
        if (server?.listening !== true) return resolve();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    swallowAnswerTo(text) {
      swallow = text;
    },
  };
}
