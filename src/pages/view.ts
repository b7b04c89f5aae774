import type { PageRequest, Viewer } from '../../transports/views.ts';
import type { BotParts } from '../bot/bot-parts.ts';
import type { Project } from '../bot/capabilities.ts';
import type { Origin } from '../bot/rights/rights.ts';
import type { AccessRole } from '../config/choices.ts';
import type { ProjectFacts } from '../decide/facts.ts';
import type { StandingItem } from '../decide/standing.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { Reader } from '../words/reader.ts';
import type { Markup } from './html.ts';

/** What pages are made from. Everything is read anew for each request; nothing is kept between two. */
export type PageParts = Pick<
  BotParts,
  'log' | 'clock' | 'rights' | 'roomProject' | 'timezone' | 'nameOf' | 'projects' | 'commands' | 'rooms' | 'networks'
> & {
  /** Where a run's files are: what it printed. */
  readonly runDir: (project: string, item: number, run: number) => string;
};

/** One look by one person. What it holds is what this person may see; a view must not go round it. */
export interface Look {
  readonly request: PageRequest;
  readonly viewer: Viewer;
  /** The address of the page, to which a form leads back where no script sends it. */
  readonly here: string;
  readonly parts: PageParts;
  readonly reads: Reads;
  /** Where commands of this person come from, for `rights`. */
  readonly origin: Origin;
  /** The projects that they may see, in the configured order. At least one: nobody else gets to a view. */
  readonly projects: readonly Project[];
  /** How texts name items and times here: bare numbers are of the project that the session's room is on. */
  readonly reader: Reader;
  /** One of the projects that they may see; null for any other name, whether or not there is such a project. */
  project(name: string | undefined): Project | null;
  roleIn(project: string): AccessRole | null;
  /** Whether they may run a command, as the router would judge it: `approve shop#42`. Buttons and forms ask this. */
  may(command: string, project: string): boolean;
  /** The facts of a project, read once for each look. */
  facts(project: string): ProjectFacts;
  /** What needs somebody in the projects of this look, and how these stand; read once for each look. */
  needs(): Needs;
}

/** Where the first items of a project are. A page costs what it shows, and not what is open. */
export interface Overview {
  /** Only a person moves them on: requests, reviews, blocked and stopped ones. */
  readonly needs: readonly StandingItem[];
  /** How many need a person, looked at or not. */
  readonly needsTotal: number;
  readonly working: readonly StandingItem[];
  /** Everything else that was started. */
  readonly waiting: readonly StandingItem[];
  /** How many of those there are, looked at or not. */
  readonly waitingTotal: number;
}

/** What every page counts, and the home page shows. */
export interface Needs {
  readonly overviews: ReadonlyMap<string, Overview>;
  /** Of all projects, the most urgent first. */
  readonly rows: readonly StandingItem[];
  readonly total: number;
}

/** A page, before the document is put around it. */
export interface Shown {
  /** In the window's title, before ` · Musher`: plain text. */
  readonly title: string;
  /** Elements that can be fetched anew alone, by their `id`: each has to give an element with that id, and mostly `data-live`. */
  readonly parts: ReadonlyMap<string, () => Markup>;
  /** All of the page; shows its parts by the same functions. */
  body(): Markup;
}

/** A piece of HTML without a document around it, for scripts. */
export interface Fragment {
  readonly fragment: Markup;
}

/** One kind of page. Null: there is none at this path for this person. */
export type View = (look: Look) => Promise<Shown | Fragment | null> | Shown | Fragment | null;

/** A line of the registry. */
export interface ViewRow {
  /** The first segment of its path; empty: the home page. */
  readonly segment: string;
  readonly view: View;
  /** Its place in the navigation; null: none. `key` follows a `g`. */
  readonly nav: { readonly label: string; readonly key: string } | null;
}
