// Begins everything that a page does by itself. Without it each page still works: forms are forms and links are links.
import { startAges } from './ages.js';
import { startAnswers } from './answers.js';
import { startBar } from './bar.js';
import { startBoard } from './board.js';
import { startCommands } from './commands.js';
import { startDrafts } from './drafts.js';
import { startItem } from './item.js';
import { startGraph } from './graph.js';
import { startKeys } from './keys.js';
import { startLive } from './live.js';
import { startSliders } from './past.js';
import { startTitle } from './title.js';

startDrafts();
startTitle();
startAges();
startCommands();
void startAnswers();
startBar();
startBoard();
startItem();
startKeys();
startLive();
startSliders();
startGraph();
