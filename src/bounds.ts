/**
 * The most that is taken from what agents, repositories and networks hand over, and what happens beyond it. Nobody but the item of
 * whoever went beyond it waits or fails. `docs/security.md` shows this table, and a test holds that no other file has such a number.
 */
export const BOUNDS = {
  // Of agents.

  /** Models that the output of one run names. Beyond: the run is stopped, and the rest is counted together. */
  models: 64,
  /** Characters of a model’s name. Beyond: it is cut. */
  modelName: 200,
  /** Tokens, or millionths of a dollar, that one line of output reports. Beyond: this much counts. */
  believed: 1e11,
  /** Bytes of a line of an agent’s output. Beyond: it is cut. */
  outputLine: 1024 * 1024,
  /** Bytes of the output of a run, a gate or a set-up. Beyond: it is ended, and the attempt fails. */
  output: 256 * 1024 * 1024,
  /** Files of a runtime’s session that the next run continues. Beyond: the others are left behind. */
  sessionFiles: 100,
  /** Bytes of these files. Beyond: the others are left behind. */
  sessionBytes: 512 * 1024 * 1024,
  /** Things said to the agents of an item (`tell`) that its prompts hold, the newest. Beyond: older ones are left out. */
  told: 20,
  /** Characters of one of them. Beyond: it is cut. */
  toldText: 4_000,
  /** Files of one message. Beyond: the others are left out, and the reply names them. */
  filesOfMessage: 10,
  /** Bytes of one of them. Beyond: it is left out, and the reply names it. */
  fileBytes: 20 * 1024 * 1024,
  /** Milliseconds in which all of them are fetched. Beyond: the others are left out, and the reply names them. */
  fileTime: 30_000,
  /** Files of an item. Beyond: further ones are left out, and the reply names them. */
  filesOfItem: 50,
  /** Bytes of all files of an item. Beyond: further ones are left out, and the reply names them. */
  fileBytesOfItem: 200 * 1024 * 1024,
  /** Bytes of a file’s name. Beyond: it is cut. */
  fileName: 80,
  /** Characters of a spike’s report. Beyond: it is cut; over MCP it is refused. */
  report: 60_000,
  /** Bytes of a request to Musher’s MCP server. Beyond: it is refused. */
  mcpBody: 4 * 1024 * 1024,
  /** Connections to that server. Beyond: further ones are closed. */
  mcpConnections: 256,
  /** Callers whose rate is remembered. Beyond: the oldest is forgotten. */
  mcpCallers: 1_000,
  /** Requests of one run that wait for a person. Beyond: further ones are refused. */
  requestsOfRun: 5,
  /** Requests of all runs that wait for a person. Beyond: further ones are refused. */
  requestsInAll: 60,
  /** Requests in a row that nobody answered. Beyond: further ones are refused at once. */
  requestsUnanswered: 2,
  /** Characters of what an agent did last that a failed attempt keeps for the next one, the end of it. Beyond: what was before is left out. */
  evidence: 8_000,
  /** Characters of a run’s closing words that are kept. Beyond: they are cut. */
  closing: 4_000,
  /** Milliseconds that an agent’s rate limit may last. Beyond: its time is not believed, and Musher’s own pause counts. */
  rateLimitMs: 2_678_400_000,
  /** Bytes at the end of the output of a gate, a set-up or a measurement that the log keeps and agents are given. Beyond: the rest is in its file alone. */
  outputTail: 6_000,
  /** Characters of a measured value. Beyond: it is cut. */
  measuredValue: 200,
  /** Answers that an agent’s question offers. Beyond: the question is refused. */
  choices: 5,
  /** Characters of one of them. Beyond: the question is refused. */
  choice: 60,
  /** Characters of the name of a tool that an agent asks permission for. Beyond: the request is refused. */
  toolName: 100,
  /** Bytes of a diff that an agent is given. Beyond: it is cut. */
  toolDiff: 60_000,
  /** Changed files that an agent is given the names of. Beyond: the rest is counted. */
  toolFiles: 200,

  // Of a repository and its worktrees.

  /** Bytes of one of git’s small files in a worktree’s git directory (`HEAD`, `gitdir`, `MERGE_HEAD`). Beyond: as if it were not there. */
  gitFile: 64 * 1024,
  /** Bytes at the end of a worktree’s HEAD log. Beyond: older moves are not looked at. */
  headLog: 64 * 1024,
  /** Bytes of a ref’s file in a sandbox. Beyond: git resolves it. */
  refFile: 65,
  /** Bytes of an index that is read for files hidden from git. Beyond: nothing is known of them. */
  indexFile: 256 * 1024 * 1024,
  /** Bytes of an index that Musher checks itself. Beyond: git checks it. */
  indexChecked: 64 * 1024 * 1024,
  /** Bytes of `packed-refs`. Beyond: git reads it. */
  packedRefs: 32 * 1024 * 1024,
  /** Bytes of a commit’s loose object. Beyond: git reads it. */
  commitObject: 256 * 1024,
  /** Bytes of a tree’s loose object. Beyond: git reads it. */
  treeObject: 256 * 1024,
  /** Bytes of the trees that are remembered. Beyond: the oldest is forgotten. */
  treesKnown: 8 * 1024 * 1024,
  /** Trees whose size is remembered. Beyond: the oldest is forgotten. */
  treeSizesKnown: 50_000,
  /** Folders and files in which two trees differ that are found without git. Beyond: git finds them. */
  treeChanges: 500,
  /** Bytes of the new objects of a merge that are packed without git, to be checked. Beyond: git packs them. */
  packedObjects: 2 * 1024 * 1024,
  /** Commits that are remembered. Beyond: the oldest is forgotten. */
  commitsKnown: 5_000,
  /** Bytes of a `.gitmodules`. Beyond: the rest is not read. */
  gitmodules: 1024 * 1024,
  /** Bytes of all attributes files of a commit. Beyond: the rest is not read. */
  attributes: 8 * 1024 * 1024,
  /** Folders whose attributes git is asked for by name. Beyond: it is asked for all. */
  attributeFolders: 500,
  /** Bytes of the record of what a set-up has changed. Beyond: as if it were not there. */
  setUpRecord: 64 * 1024 * 1024,
  /** Bytes of a new file that goes into a tree. Beyond: it is named, left out, and kept in the quarantine. */
  newFile: 100 * 1024 * 1024,
  /** Files of the merge worktree that are compared. Beyond: the tree is made again. */
  keptFiles: 400_000,
  /** Files and folders of a nested repository’s git directory. Beyond: git does not open it, and it is kept whole. */
  foreignEntries: 50_000,
  /** Refs of a worktree’s own that are searched for locks. Beyond: the others are not looked at. */
  lockEntries: 1_000,
  /** Bytes of an absolute path in a worktree; the system takes 4,095. Beyond: what is deeper is not looked through, and is kept in the quarantine. */
  path: 3_800,
  /** Entries of a new tree beyond those that the branch had, each as often as it is there. Beyond: the attempt fails, and the commits are taken off the branch. */
  treeEntries: 100_000,
  /** Folders in each other in such a tree. Beyond: the attempt fails, and the commits are taken off the branch. */
  treeDepth: 200,
  /** Bytes of the trees that are read to count them. Beyond: the attempt fails, and the commits are taken off the branch. */
  treeBytes: 256 * 1024 * 1024,
  /** Bytes of a patch that is searched for secrets and markers. Beyond: the merge waits for a person. */
  searched: 64 * 1024 * 1024,
  /** Bytes that are unpacked of one archive, all layers together. Beyond: the merge waits for a person. */
  unpacked: 16 * 1024 * 1024,
  /** Bytes of two patches that are compared. Beyond: they are known by their trees as well. */
  compared: 64 * 1024 * 1024,
  /** Commits of each side that are walked without git. Beyond: git walks them. */
  historySteps: 250,
  /** Merges of Musher’s own between two looks at the base branch. Beyond: git walks them. */
  baseSteps: 50,
  /** Bytes of the pack that a sandbox hands out. Beyond: the branch stays where it was. */
  boxedPack: 1024 * 1024 * 1024,
  /** Further refs of a sandbox that are kept as snapshots. Beyond: they stay with it in the quarantine. */
  boxedRefs: 50,
  /** Of these, those brought out one by one where all together can’t be. Beyond: they stay with it in the quarantine. */
  boxedSingly: 5,
  /** Bytes of memory that one git fills on Linux (not what it maps of packs). Beyond: it ends, and the attempt fails. */
  gitMemory: 4 * 1024 ** 3,
  /** Seconds that one git computes, as with patterns that fit in exponentially many ways. Beyond: it ends, and the attempt fails. */
  gitSeconds: 300,
  /** Milliseconds in which one git prints nothing. Beyond: it is ended, and what waits for it fails. */
  gitSilenceMs: 600_000,
  /** Alternates of alternates that a sandbox is shown; git follows as many. Beyond: their objects are not seen inside. */
  alternates: 5,
  /** Answers about commits that are remembered. Beyond: the one not used for longest is forgotten. */
  factsKnown: 2_000,
  /** Places that a base branch was taken off from that are remembered, the newest. Beyond: the oldest is forgotten. */
  gonePlaces: 50,

  // Of what the page shows of a repository and of runs.

  /** Files of a change that are listed. Beyond: the others are counted. */
  changedFiles: 500,
  /** Bytes of git’s list of them. Beyond: the others are not counted either. */
  changedList: 16 * 1024 * 1024,
  /** Bytes of a file that is compared line by line. Beyond: its size alone is shown. */
  comparedFile: 2 * 1024 * 1024,
  /** Files of all lists of changes that are remembered. Beyond: the oldest list is forgotten. */
  changesKnown: 20_000,
  /** Bytes of one file’s patch that are shown. Beyond: the rest is left out, and the page says so. */
  patchShown: 512 * 1024,
  /** Bytes of a run’s output that one look at its transcript reads. Beyond: the next look continues there. */
  transcriptLook: 2 * 1024 * 1024,
  /** Characters of one message or tool call in it. Beyond: it is cut. */
  transcriptText: 20_000,

  // Of people and rooms.

  /** Characters of an item’s title. Beyond: it is refused. */
  title: 200,
  /** Characters of the name of a section of its description. Beyond: it is refused. */
  sectionName: 60,
  /** Labels of an item. Beyond: they are refused. */
  labels: 10,
  /** Characters of a label. Beyond: it is refused. */
  label: 30,
  /** Items that one command names by number. Beyond: it is refused. */
  itemsNamed: 50,
  /** Items that one word of a command stands for. Beyond: the rest is left alone, and the reply counts it. */
  itemsCalled: 200,
  /** Timers of an item. Beyond: a further one is refused. */
  timersOfItem: 10,
  /** Timers of a project. Beyond: a further one is refused. */
  timersOfProject: 100,
  /** Routines of a project. Beyond: a further one is refused. */
  routinesOfProject: 20,
  /** Tokens of a budget. Beyond: it is refused. */
  budgetTokens: 1e12,
  /** Dollars of a budget. Beyond: it is refused. */
  budgetUsd: 1e6,
  /** Characters of an unknown word that are compared with the known ones. Beyond: the rest is not looked at. */
  guessedWord: 64,
  /** Mentions at the start of a message among which Musher’s is looked for. Beyond: the others are not looked at. */
  mentions: 10,
  /** Rooms of all networks whose pace and troubles are remembered. Beyond: the oldest is forgotten. */
  roomsKnown: 1_000,
  /** Further places where the asker of a refused answer is told. Beyond: `health` alone counts it. */
  answerPlaces: 5,
  /** Messages that were given up and nobody has seen counted. Beyond: the oldest is dropped. */
  unseen: 10_000,

  // Of search.

  /** Characters of what somebody looks for. Beyond: the rest is left out, and the answer says so. */
  searchTyped: 2_000,
  /** Words of it. Beyond: the rest is left out, and the answer says so. */
  searchWords: 12,
  /** Characters of one text that are searched. Beyond: the rest is not found. */
  searchedText: 20_000,

  // Of networks; what one network alone has is in its own files.

  /** Characters of a formatted message in which a mention at its start is looked for. Beyond: the rest is not looked at. */
  pill: 4_096,

  // Of whoever opens the page, or tries to.

  /** Bytes of a form. Beyond: it is refused. */
  webBody: 64 * 1024,
  /** Characters of an address. Beyond: it is refused. */
  webUrl: 4_096,
  /** Bytes of a request’s headers. Beyond: it is refused. */
  webHeaders: 16 * 1024,
  /** Connections at once. Beyond: further ones are closed. */
  webConnections: 2_000,
  /** Milliseconds until a request is there. Beyond: its connection is closed. */
  webRequestMs: 15_000,
  /** Open streams of one session. Beyond: the oldest is closed. */
  webStreamsOfSession: 8,
  /** Open streams of all sessions. Beyond: further ones are refused. */
  webStreams: 1_000,
  /** Bytes that wait for a slow reader of a stream. Beyond: it is closed, and its page reads everything anew. */
  webStreamWaiting: 256 * 1024,
  /** Links of one address that are not taken, within a minute. Beyond: further ones are refused unseen. */
  webWrongLinks: 10,
  /** Addresses of which that is remembered. Beyond: the oldest is forgotten. */
  webCallers: 1_000,
  /** Characters of what a browser calls itself. Beyond: it is cut. */
  webBrowser: 200,
} as const;
