/** What people say in place of a command, and what is made of it. In commands, ITEM stands for the item that was named. */
export interface Phrase {
  /** Separated by bars, without articles and the like (see `normal` in spoken.ts). ITEM stands for an item. */
  readonly said: string;
  /** Runs in their place, because it changes nothing. */
  readonly asks?: string;
  /** Commands that change something: they are only shown, and the person types one. */
  readonly perhaps?: readonly string[];
  /** Where `it` was said and nothing tells which item that is: runs, and shows the items that may be meant. */
  readonly unnamed?: string;
}

/** What people call an item, before its number and otherwise. */
export const ITEM_NAMES: readonly string[] = [
  'item',
  'story',
  'bug',
  'spike',
  'refactor',
  'task',
  'ticket',
  'issue',
  'feature',
  'number',
  'no',
  'nr',
];

/** Of what several have the last counts. */
export const PHRASES: readonly Phrase[] = [
  {
    asks: 'status',
    said: `what is going on | what is happening | what is up | what is new | sup | how is it going | how is everything | how are things
      | how are we doing | how is project | news | any news | progress | any progress | update | any updates | give me update | where are we
      | state of things | what is status | what is state of things | show status | show board | overview | what is running | what are you doing
      | what are you working on | wie läuft es | wie läuft's | was läuft | was gibt es neues | was gibt's neues | stand | wie ist stand
      | wie ist der stand | ça va | qué tal | how is it | what do we have`,
  },
  {
    asks: 'agents',
    said: `who is working | who is busy | who is idle | who is free | who is there | who works | who is on team | what is agent doing
      | what are agents doing | what is everyone doing | what is everybody doing | list agents | show agents | which agents | wer arbeitet
      | wer arbeitet gerade`,
  },
  {
    asks: 'help',
    said: `help | help please | hilf mir | what can you do | what can i do | what can i say | what can i type | commands | menu | how does this work
      | how does it work | how do i use this | how do i start | what do i do | who are you | what are you | are you bot | usage | man | manual
      | hilfe | aide | ayuda | sos | 🆘 | ❓`,
  },
  {
    asks: 'backlog',
    said: `todo | todos | to do | show backlog | what is next | what is left | what is open | list items | show items | show all items | show tickets
      | items | tickets | tasks | list | ls | list tickets | list tasks`,
  },
  { asks: 'mine', said: 'what is mine | my items | show my items | my tasks | my stuff | my work | my tickets | meine | meine aufgaben' },
  {
    asks: 'waiting',
    said: `what waits | what waits for me | what is waiting | what is waiting for me | what waits for us | who is waiting | what do you need
      | what do you need from me | do you need me | do you need anything | anything for me | is there anything for me | anything to do
      | anything to review | anything to approve | what should i do | what should i do next | what must i do | what should i review
      | what can i approve | what needs me | what needs my attention | what needs review | what needs approval | review | reviews | approvals
      | inbox | was wartet | was wartet auf mich`,
  },
  {
    asks: 'blocked',
    said: `what is blocked | what is stuck | what is broken | what is wrong | what is failing | what failed | any problems | problems | failures
      | is anything stuck | is anything blocked`,
  },
  {
    asks: 'today',
    said: `what happened | what happened today | what was done today | what got done | what got done today | what did we do today
      | what did you do today | what was merged today | what got merged today | what is done today | was ist heute passiert`,
  },
  { asks: 'digest', said: 'summary | give summary | summarize | standup | stand-up | report | give report | recap | daily' },
  {
    asks: 'cost today',
    said: `how much today | what did it cost today | what did we spend today | how much did we spend today | how much did it cost today
      | how much have we spent today | how much was spent today | cost of today | today's cost | costs today | was hat es heute gekostet
      | was hat das heute gekostet`,
  },
  {
    asks: 'cost',
    said: `how much | how much so far | how much was spent | how much did we spend | how much have we spent | how much is it | what did we spend
      | costs | spend | spending | money | was kostet das`,
  },
  {
    asks: 'cost ITEM',
    said: 'how much ITEM | how much is ITEM | how much did ITEM cost | what did ITEM cost | cost of ITEM | costs of ITEM | cost for ITEM',
  },
  {
    asks: 'budget',
    said: 'what is budget | our budget | my budget | how much is left | how much money is left | how much do we have left | are we over budget',
  },
  {
    asks: 'ping',
    said: 'are you there | you there | are you alive | alive | are you up | are you awake | are you online | test | testing',
  },
  {
    asks: 'health',
    said: 'are you ok | are you okay | are you fine | is everything ok | is everything fine | everything ok | is something down | is anything down',
  },
  { asks: 'whoami', said: 'who am i | what is my role | what is my id | what may i do | what am i allowed to do | wer bin ich' },
  {
    asks: 'project',
    said: 'which project | which project is this | what project is this | which projects | what projects | list projects | show projects',
  },
  { asks: 'requests', said: 'any questions | questions | permissions | open requests | what do agents ask | what do agents want' },
  {
    asks: 'show ITEM',
    said: `ITEM | show ITEM | open ITEM | see ITEM | view ITEM | display ITEM | what is ITEM | what about ITEM | what is with ITEM | how is ITEM
      | how is ITEM doing | how is ITEM going | how about ITEM | tell about ITEM | tell more about ITEM | info on ITEM | info about ITEM | info ITEM
      | details ITEM | details of ITEM | status ITEM | status of ITEM | state of ITEM | progress of ITEM | eta ITEM | eta of ITEM | eta for ITEM
      | when is ITEM done | when is ITEM ready | is ITEM done | is ITEM ready | is ITEM merged | is ITEM finished | is ITEM done yet | who is on ITEM
      | who works on ITEM | who is working on ITEM | who has ITEM | who does ITEM | zeig ITEM | zeig mir ITEM | wie steht es um ITEM`,
  },
  {
    asks: 'logs ITEM',
    said: `log ITEM | logs of ITEM | log of ITEM | logs for ITEM | logs from ITEM | show logs ITEM | show logs of ITEM | output ITEM | output of ITEM
      | tail ITEM | what is ITEM doing | what is agent doing on ITEM`,
  },
  {
    asks: 'diff ITEM',
    said: `diff of ITEM | diff for ITEM | show diff ITEM | show diff of ITEM | changes ITEM | changes of ITEM | changes in ITEM | show changes ITEM
      | show changes of ITEM | patch ITEM | code of ITEM | what changed in ITEM | what did agent do in ITEM | what did agent change in ITEM
      | review ITEM | look at ITEM`,
  },
  {
    asks: 'why ITEM',
    said: `why is ITEM blocked | why is ITEM stuck | why is ITEM waiting | why is ITEM not done | why isn't ITEM done | why isn't ITEM merged
      | why is ITEM not merged | why is ITEM not running | why is ITEM not starting | why is ITEM hanging | why did ITEM fail | why does ITEM fail
      | why is ITEM failing | why ITEM failed | what is wrong with ITEM | what is problem with ITEM | what is up with ITEM | what happened to ITEM
      | what happened with ITEM | is ITEM stuck | is ITEM blocked | warum ITEM | warum hängt ITEM | warum ist ITEM blockiert`,
  },
  {
    perhaps: ['approve ITEM'],
    unnamed: 'waiting',
    said: `lgtm ITEM | ship ITEM | looks good ITEM | ITEM looks good | ITEM is good | ITEM is fine | ITEM is ok | merge ITEM | approved ITEM | i approve ITEM
      | land ITEM | deploy ITEM | release ITEM | ✅ ITEM | 👍 ITEM | ITEM 👍 | ITEM ✅ | 🚀 ITEM | lgtm | looks good | looks good to me | ship | approved`,
  },
  {
    perhaps: ['reject ITEM'],
    unnamed: 'waiting',
    said: `don't merge ITEM | do not merge ITEM | send back ITEM | send ITEM back | decline ITEM | 👎 ITEM | ITEM 👎 | ❌ ITEM | ITEM is wrong | ITEM is bad
      | ITEM is broken | needs work | needs changes | ITEM needs work | ITEM needs changes`,
  },
  {
    perhaps: ['retry ITEM'],
    unnamed: 'blocked',
    said: 'try ITEM again | try again ITEM | run ITEM again | redo ITEM | rerun ITEM | restart ITEM | fix ITEM | repair ITEM | try again | again | nochmal ITEM',
  },
  {
    perhaps: ['start ITEM', 'retry ITEM'],
    unnamed: 'status',
    said: 'go on with ITEM | continue ITEM | continue with ITEM | proceed with ITEM | carry on with ITEM | resume ITEM | keep going with ITEM | weiter mit ITEM',
  },
  {
    perhaps: ['start ITEM'],
    unnamed: 'backlog',
    said: `run ITEM | do ITEM | begin ITEM | begin with ITEM | work on ITEM | start with ITEM | start on ITEM | start working on ITEM | implement ITEM
      | build ITEM | take ITEM | tackle ITEM | launch ITEM | kick off ITEM | go for ITEM | starte ITEM | mach ITEM | go | let's go | begin | start working
      | start work | start everything | start all`,
  },
  {
    perhaps: ['stop ITEM'],
    unnamed: 'status',
    said: `kill ITEM | cancel ITEM | abort ITEM | end ITEM | halt ITEM | quit ITEM | interrupt ITEM | hold ITEM | freeze ITEM | pause ITEM | stopp ITEM
      | stoppe ITEM | 🛑 ITEM | stop work on ITEM | stop working on ITEM | stop agent on ITEM | stop agent of ITEM`,
  },
  {
    perhaps: ['stop all', 'pause', 'panic'],
    said: `stop | stop everything | stop everyone | stop everybody | stop all of it | stop all of them | stop all agents | stop agents | stop working
      | stop work | kill everything | kill all | kill all of it | kill all of them | kill all agents | cancel everything | cancel all | abort everything
      | abort all | abort | emergency | halt | stopp | stopp alles | enough | 🛑 | stop burning money | stop spending money | stop wasting money`,
  },
  { perhaps: ['resume'], said: 'continue | go on | unpause | carry on | proceed | weiter | keep going | start again' },
  { perhaps: ['pause'], said: 'wait | hold on | take break | hold everything | pause everything | pause all | pause work | ✋' },
  {
    perhaps: ['undo'],
    said: 'undo that | undo it | undo this | undo last one | oops | revert | revert that | rollback | roll back | take it back | take that back',
  },
  { perhaps: ['undo ITEM'], unnamed: 'status', said: 'revert ITEM | rollback ITEM | roll back ITEM | undo merge of ITEM | unmerge ITEM' },
  {
    perhaps: ['delete ITEM'],
    unnamed: 'backlog',
    said: 'remove ITEM | drop ITEM | throw away ITEM | trash ITEM | get rid of ITEM | lösche ITEM | 🗑️ ITEM',
  },
  {
    perhaps: ['unsubscribe'],
    said: 'shut up | be quiet | be silent | mute | silence | quiet | stop talking | stop spamming | stop posting | too loud | too noisy | too many messages | 🤫 | 🔇',
  },
  {
    perhaps: ['restart', 'reload'],
    said: 'reboot | restart yourself | restart musher | restart bot | restart server | reboot server | reload config',
  },
];
