import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { figures, healthOf, type FigureParts } from '../../src/app/lifecycle/figures.ts';
import { startMonitor, type Monitor } from '../../src/app/lifecycle/monitor.ts';
import { Log } from '../../src/log/log.ts';
import { projectSettings, START, testClock } from '../commands/harness.ts';
import type { NetworkState } from '../../src/decide/network-state.ts';

const clock = testClock();
let log: Log;
let monitor: Monitor;
let networks: NetworkState[];
let backupProblem: string | null;

beforeEach(async () => {
  log = Log.inMemory(clock);
  networks = [
    { name: 'slack', isLocal: false, state: 'online', since: START, lastEvent: null, problem: null, waiting: 0, oldest: null, unsent: [] },
  ];
  backupProblem = null;
  const parts: FigureParts = {
    log,
    clock,
    dataDir: '/nowhere',
    projects: [projectSettings('shop', '/nowhere')],
    networks: () => networks,
    backups: () => ({ folder: '', newest: { file: '', at: START - 60_000, bytes: 1 }, count: 1, next: null, problem: backupProblem }),
    version: '1.2.3',
    startedAt: START - 5_000,
  };
  monitor = await startMonitor({
    settings: { address: '127.0.0.1', port: 0 },
    health: () => healthOf(parts),
    metrics: figures(parts),
    onProblem: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
});
afterEach(async () => {
  await monitor.stop();
  log.close();
});

const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${monitor.url}${path}`, init);

test('/healthz is 200 while all is well, and 503 with the reasons while it is not', async () => {
  const well = await get('/healthz');
  expect([well.status, await well.json()]).toMatchObject([200, { well: true, problems: [], version: '1.2.3', uptimeSeconds: 5 }]);
  networks = [
    {
      name: 'slack',
      isLocal: false,
      state: 'offline',
      since: START,
      lastEvent: null,
      problem: 'The token is not valid.',
      waiting: 0,
      oldest: null,
      unsent: [],
    },
    {
      name: 'matrix',
      isLocal: false,
      state: 'online',
      since: START,
      lastEvent: null,
      problem: null,
      waiting: 2,
      oldest: START - 16 * 60_000,
      unsent: [],
    },
  ];
  backupProblem = 'the disk is full';
  const ill = await get('/healthz');
  expect([ill.status, await ill.json()]).toMatchObject([
    503,
    {
      problems: [
        'slack is offline: The token is not valid.',
        'a message for matrix waits for 16 minutes',
        'the last backup failed: the disk is full',
      ],
    },
  ]);
});

test('/metrics tells figures in the text format of Prometheus, and no words of people', async () => {
  const payload = { type: 'bug', title: 'Very "private"\n', description: 'words', criteria: [], dependsOn: [], qaMode: null } as const;
  log.transaction((tx) => {
    tx.record({ project: 'shop', item: tx.nextNumber('shop'), actor: 'slack:ann', cause: null, kind: 'item.created', payload });
  });
  const response = await get('/metrics');
  const text = await response.text();
  expect(response.headers.get('content-type')).toContain('text/plain');
  for (const line of [
    'musher_items{project="shop",stage="backlog"} 1',
    'musher_network_online{network="slack"} 1',
    'musher_log_events_total 1',
    'musher_info{version="1.2.3"} 1',
    'musher_runs_open{project="shop"} 0',
  ])
    expect(text.split('\n')).toContain(line);
  expect(text).not.toMatch(/private|words|ann/);
});

test('nothing else is served, and nothing can be changed', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/healthz', { method: 'POST' })).status).toBe(405);
  expect((await get('/../etc/passwd')).status).toBe(404);
});

test('a port that is taken is a clear error', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => {
    other.once('listening', resolve);
  });
  const { port } = other.address() as AddressInfo;
  const unused = {
    health: () => ({ well: true, problems: [] }),
    metrics: () => Promise.resolve({ type: '', text: '' }),
    onProblem: () => {},
  };
  await expect(startMonitor({ settings: { address: '127.0.0.1', port }, ...unused })).rejects.toMatchObject({
    code: 'MONITOR_UNUSABLE',
    message: `Health and metrics cannot be served on 127.0.0.1:${port}: another program uses that port.`,
  });
  other.close();
});
