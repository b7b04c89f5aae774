import { describe, expect, it } from 'vitest';
import { allowed, isInternal, isLocal } from '../../src/sandbox/allowed.ts';
import { judge } from '../../src/sandbox/proxy.ts';

describe('a list of hosts', () => {
  it.each([
    [['example.org'], 'example.org', 443, 'exact'],
    [['example.org'], 'EXAMPLE.org.', 80, 'exact'],
    [['example.org'], 'example.org', 22, null],
    [['example.org:22'], 'example.org', 22, 'exact'],
    [['example.org:22'], 'example.org', 443, null],
    [['example.org'], 'www.example.org', 443, null],
    [['example.org'], 'evil-example.org', 443, null],
    [['*.example.org'], 'a.b.example.org', 443, 'pattern'],
    [['*.example.org'], 'example.org', 443, null],
    [['*.example.org'], 'example.org.evil.com', 443, null],
    [['*.example.org:8443'], 'a.example.org', 8443, 'pattern'],
    [[], 'example.org', 443, null],
    [['127.0.0.1:80'], '127.0.0.1', 80, 'exact'],
    [['127.0.0.1:80'], '127.0.0.1', 81, null],
  ] as const)('%j and %s:%i: %s', (list, host, port, match) => {
    expect(allowed(list, host, port)).toBe(match);
  });

  it('knows the addresses of this machine and of its network', () => {
    for (const one of ['127.0.0.1', '127.9.9.9', '0.0.0.0', '169.254.169.254', '::1', '::', 'fe80::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])
      expect([one, isLocal(one), isInternal(one)]).toEqual([one, true, true]);
    for (const one of ['10.1.2.3', '172.16.0.1', '172.31.255.1', '192.168.1.1', '100.64.0.1', 'fd00::1', 'fc00::1'])
      expect([one, isLocal(one), isInternal(one)]).toEqual([one, false, true]);
    for (const one of ['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '11.0.0.1'])
      expect([one, isLocal(one), isInternal(one)]).toEqual([one, false, false]);
  });
});

describe('the proxy', () => {
  it('reaches a port of Musher on the loopback address, and no other', async () => {
    const rules = { hosts: [], ports: [4000] };
    expect(await judge(rules, '127.0.0.1', 4000)).toEqual({ address: '127.0.0.1', port: 4000 });
    expect(await judge(rules, '127.0.0.1', 4001)).toMatchObject({ refused: expect.stringContaining('not in allow_hosts') as string });
    expect(await judge(rules, 'localhost', 4000)).toMatchObject({ refused: expect.stringContaining('not in allow_hosts') as string });
  });

  it('does not follow a name into this machine unless it is listed as such', async () => {
    expect(await judge({ hosts: ['localhost:8080'], ports: [] }, 'localhost', 8080)).toMatchObject({ port: 8080 });
    const pattern = await judge({ hosts: ['*.localhost'], ports: [] }, 'a.localhost', 443);
    expect(pattern).toMatchObject({ refused: expect.stringMatching(/inside this machine or network|has no address/) as string });
    expect(await judge({ hosts: ['[::1]:80'], ports: [] }, '[::1]', 80)).toMatchObject({ refused: expect.any(String) as string });
  });
});
