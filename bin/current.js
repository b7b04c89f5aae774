/*
 * Whether `dist` was built from the sources of this checkout as they are now. `npm run build` notes a stamp of each file that it
 * has read, and a start compares them: it runs what was built only where no source has changed since.
 */
'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** Below the root: for each source, relative to the root, its stamp. Written last, when all else of `dist` is there. */
const STAMPS = path.join('dist', 'sources.json');

/**
 * What is another after each change of a file, also one that keeps its size and sets its time of modification back: the system alone
 * sets the time of change. A copied or moved checkout has other stamps too, and runs its sources.
 */
function stamp(file) {
  const { ino, size, ctimeNs } = fs.statSync(file, { bigint: true });
  return `${ino} ${size} ${ctimeNs}`;
}

/** Whether all sources below `root` are those that its `dist` was built from. False where that cannot be told. */
function isCurrent(root) {
  try {
    const stamps = Object.entries(JSON.parse(fs.readFileSync(path.join(root, STAMPS), 'utf8')));
    return stamps.length > 0 && stamps.every(([file, was]) => stamp(path.join(root, file)) === was);
  } catch {
    return false;
  }
}

module.exports = { STAMPS, stamp, isCurrent };
