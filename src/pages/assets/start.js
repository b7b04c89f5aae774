// Begins everything that a page does by itself. Without it each page still works: forms are forms and links are links.
import { startAnswers } from './answers.js';
import { startBar } from './bar.js';
import { startCommands } from './commands.js';
import { startDrafts } from './drafts.js';
import { startKeys } from './keys.js';
import { startLive } from './live.js';
import { startSliders } from './past.js';
import { startTitle } from './title.js';

startDrafts();
startTitle();
startCommands();
void startAnswers();
startBar();
startKeys();
startLive();
startSliders();
