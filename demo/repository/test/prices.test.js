import assert from 'node:assert/strict';
import { test } from 'node:test';
import { total } from '../src/prices.js';

test('adds prices up', () => {
  assert.equal(total([1, 2, 3.5]), 6.5);
});

test('costs nothing when nothing is bought', () => {
  assert.equal(total([]), 0);
});
