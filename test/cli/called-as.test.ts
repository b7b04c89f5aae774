import { describe, expect, it } from 'vitest';
import { readCall } from '../../src/cli/called-as.ts';

const read = (env: NodeJS.ProcessEnv, cwd = '/opt/musher', launcher = '/opt/musher/bin/musher.js') =>
  readCall(env, cwd, '/opt/musher', launcher);

describe('readCall', () => {
  const npm = { npm_package_json: '/opt/musher/package.json', npm_lifecycle_event: 'musher', npm_command: 'run-script' };

  it('knows npm run in a checkout, and where the person was', () => {
    expect(read({ ...npm, INIT_CWD: '/opt/musher/docs' })).toEqual({ calledAs: 'npm run --silent musher --', cwd: '/opt/musher/docs' });
  });

  it('names the checkout when npm was called from elsewhere', () => {
    expect(read({ ...npm, INIT_CWD: '/home/anna' })).toEqual({
      calledAs: 'npm --prefix /opt/musher run --silent musher --',
      cwd: '/home/anna',
    });
  });

  it('leaves the directory alone when a script of another package calls it', () => {
    const env = {
      npm_package_json: '/home/anna/shop/package.json',
      npm_lifecycle_event: 'bot',
      npm_command: 'run-script',
      INIT_CWD: '/home/anna/shop/src',
    };
    expect(read(env, '/home/anna/shop').cwd).toBe('/home/anna/shop');
  });

  it('knows npx', () => {
    expect(read({ npm_command: 'exec', npm_lifecycle_event: 'npx' }, '/home/anna')).toEqual({ calledAs: 'npx musher', cwd: '/home/anna' });
  });

  it('knows an installed program on the PATH', () => {
    expect(read({ PATH: '/bin:/usr/local/bin' }, '/', '/usr/local/bin/musher').calledAs).toBe('musher');
  });

  it('names the launcher otherwise', () => {
    expect(read({ PATH: '/bin' }, '/').calledAs).toBe('node /opt/musher/bin/musher.js');
  });
});
