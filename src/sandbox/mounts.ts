import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';
import { ownProgram } from '../version.ts';

/** One thing that the sandbox shows; later ones lie over earlier ones. */
export type Mount =
  | { readonly kind: 'read' | 'write'; readonly from: string; readonly to: string }
  | { readonly kind: 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'empty'; readonly to: string };

/** Mounted from this machine, read-only. */
export const readable = (path: string): Mount => ({ kind: 'read', from: path, to: path });
/** Mounted from this machine, writable. */
export const writable = (path: string): Mount => ({ kind: 'write', from: path, to: path });

/** Folders of the system that hold programs and libraries, and no person's data. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/opt'] as const;
/** What programs need of `/etc`; not all of it, because it also holds passwords and keys. */
const ETC = [
  'alternatives',
  'ca-certificates',
  'ca-certificates.conf',
  'crypto-policies',
  'fonts',
  'group',
  'hosts',
  'host.conf',
  'java',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'locale.alias',
  'locale.conf',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'passwd',
  'pki/ca-trust',
  'pki/tls/certs',
  'pki/tls/cert.pem',
  'protocols',
  'resolv.conf',
  'services',
  'ssl/certs',
  'ssl/cert.pem',
  'ssl/openssl.cnf',
  'terminfo',
  'timezone',
] as const;

/** The system as every process inside sees it: programs, libraries, an empty home and empty temporary folders. `secret`: as of a box. */
export function systemMounts(home: string, secret: readonly string[]): Mount[] {
  const etc = ETC.map((name) => `/etc/${name}`).filter(isThere);
  return [
    // People keep more than programs below /opt: where Musher's data or the repository is there, all of it stays out.
    ...SYSTEM.filter((folder) => isThere(folder) && !(folder === '/opt' && secret.some((place) => isWithin(place, folder)))).map(asOnHost),
    ...etc.map((path) => (isLink(path) ? { kind: 'read', from: realpathSync(path), to: path } : readable(path)) satisfies Mount),
    ...['/tmp', '/var/tmp', '/run', home].map((to) => ({ kind: 'empty', to }) satisfies Mount),
  ];
}

/**
 * The kernel's settings in /proc, read-only over bwrap's own /proc. bwrap leaves a folder alone that nobody may write by its
 * mode, such as /proc/sys; the files in it are still root's, and root inside would change them for the whole machine.
 */
export function kernelMounts(): Mount[] {
  const names = readdirSync('/proc').filter((name) => !/^\d+$/.test(name));
  return names.flatMap((name) => {
    const path = join('/proc', name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    const settings = found?.isDirectory() === true || (found?.isFile() === true && (found.mode & 0o222) !== 0);
    return settings ? [readable(path)] : [];
  });
}

/** A folder such as `/bin` is often a link into `/usr`, which has to stay one. */
function asOnHost(path: string): Mount {
  return isLink(path) ? { kind: 'link', from: readlinkSync(path), to: path } : readable(path);
}

/**
 * The folders of a PATH outside the system's, read-only. A folder that holds the home, or one of the given secret
 * places, or lies in such a place, is left out: a PATH must not open what it was not meant to.
 */
export function pathMounts(path: string, home: string, secret: readonly string[]): Mount[] {
  const folders = path
    .split(':')
    .filter((folder) => isAbsolute(folder) && isThere(folder) && statSync(folder).isDirectory())
    .filter((folder) => !SYSTEM.some((one) => isWithin(folder, one)))
    .filter((folder) => !isWithin(home, folder) && !secret.some((place) => isWithin(place, folder) || isWithin(folder, place)));
  return [...new Set(folders)].map(readable);
}

/** The real folder of a program with the packages around it. Null: a system folder, which is mounted anyway. */
export function programMount(file: string): Mount | null {
  const real = realpathSync(file);
  if (SYSTEM.some((one) => isWithin(real, one))) return null;
  const modules = `${sep}node_modules${sep}`;
  const at = real.indexOf(modules);
  return readable(at < 0 ? real : real.slice(0, at + modules.length - 1));
}

/** Whether a path equals another one or is below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** The arguments of bwrap for a list of mounts. What is not there is left out: it can't be read either. */
export function mountArguments(mounts: readonly Mount[]): string[] {
  return mounts.flatMap((mount) => {
    switch (mount.kind) {
      case 'empty':
        return ['--tmpfs', mount.to];
      case 'link':
        return ['--symlink', mount.from, mount.to];
      case 'read':
        return ['--ro-bind-try', mount.from, mount.to];
      case 'write':
        return ['--bind', mount.from, mount.to];
    }
  });
}

/** The path of a program of Musher's own that runs beside it, by its name in this folder: in the checkout or in the built package. */
export function programFile(name: string): string {
  return ownProgram(`src/sandbox/${name}`);
}
