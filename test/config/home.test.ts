import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { homeFolder } from '../../src/config/home.ts';

it('the home folder is HOME where that is set, always absolute, else what the system knows', () => {
  expect(homeFolder({ HOME: '/home/ada' })).toBe('/home/ada');
  expect(homeFolder({ HOME: 'ada' })).toBe(resolve('ada'));
  expect(homeFolder({ HOME: '' })).toBe(userInfo().homedir);
  expect(homeFolder({})).toBe(userInfo().homedir);
});
