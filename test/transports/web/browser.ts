import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

/** What a server said. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  /** Null leaves a header out that is there otherwise. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A browser as far as HTTP goes: it keeps cookies, and says where a form comes from. Nothing is hidden, and every header can be set. */
export class Browser {
  readonly #origin: string;
  cookie: string | null = null;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async ask(path: string, { method = 'GET', headers = {}, form, body }: Ask = {}): Promise<Answered> {
    const text = form === undefined ? body : new URLSearchParams(form).toString();
    const url = new URL(this.#origin);
    const all = {
      host: url.host,
      ...(this.cookie === null ? {} : { cookie: this.cookie }),
      ...(method === 'POST' ? { origin: this.#origin, 'sec-fetch-site': 'same-origin' } : {}),
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(text)) }),
      ...headers,
    };
    const sent = Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      // The path as it stands: a URL would tidy it up.
      const asking = request({ host: url.hostname, port: url.port, path, method, headers: sent, setHost: false, agent: false }, resolve);
      asking.on('error', reject);
      asking.end(text);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    const [set] = response.headers['set-cookie'] ?? [];
    if (set !== undefined) this.cookie = set.split(';', 1)[0] ?? null;
    return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') };
  }

  post(path: string, form: Readonly<Record<string, string>>, headers: Ask['headers'] = {}): Promise<Answered> {
    return this.ask(path, { method: 'POST', form, headers });
  }

  /** What has to come with each form: read off the page, as a browser does. */
  async csrf(): Promise<string> {
    const { body } = await this.ask('/');
    return /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
  }

  /** Says a command in the bar. */
  async say(command: string, fields: Readonly<Record<string, string>> = {}): Promise<Answered> {
    return this.post('/do', { csrf: await this.csrf(), command, ...fields }, { 'hx-request': 'true' });
  }
}

/** The events of a stream as they come. */
export class Stream {
  readonly events: { readonly name: string; readonly id: string | null; readonly data: string }[] = [];
  /** The server has ended it. */
  hasEnded = false;
  readonly #close: () => void;

  private constructor(response: IncomingMessage) {
    let held = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      held += chunk;
      const parts = held.split('\n\n');
      held = parts.pop() ?? '';
      for (const part of parts) this.#take(part);
    });
    response.on('close', () => {
      this.hasEnded = true;
    });
    response.on('error', () => {});
    this.#close = () => response.destroy();
  }

  static async open(origin: string, path: string, headers: Readonly<Record<string, string>>): Promise<Stream> {
    const url = new URL(origin);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const asking = request({ host: url.hostname, port: url.port, path, headers: { host: url.host, ...headers }, agent: false }, resolve);
      asking.on('error', reject);
      asking.end();
    });
    if (response.statusCode !== 200) throw new Error(`the stream was answered with ${String(response.statusCode)}`);
    return new Stream(response);
  }

  close(): void {
    this.#close();
  }

  #take(part: string): void {
    const field = (name: string): string[] =>
      part.split('\n').flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2)] : []));
    const [name] = field('event');
    if (name !== undefined) this.events.push({ name, id: field('id')[0] ?? null, data: field('data').join('\n') });
  }
}
