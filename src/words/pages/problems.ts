/** What keeps a visitor from a page. */
export interface Problem {
  readonly title: string;
  readonly text: string;
}

/** The words for each status. They say nothing of the Musher behind the page. */
export const PROBLEMS = {
  400: { title: 'Bad request', text: 'This address or form can’t be read. Go back and try again.' },
  401: { title: 'No session', text: 'Type web in a room with Musher for a link. It works once, for 10 minutes.' },
  403: { title: 'Not allowed', text: 'The form is too old or comes from another page. Reload the page and try again.' },
  404: { title: 'Not found', text: 'There is no such page, or you may not see it.' },
  413: { title: 'Too long', text: 'The text is too long. Shorten it and send it again.' },
  429: { title: 'Too many requests', text: 'Wait a minute, then reload the page.' },
  500: { title: 'Something broke', text: 'Musher could not make this page. The log file has the details.' },
  503: { title: 'Not available', text: 'What you sent could not be stored, so nothing was done. Try again in a few seconds.' },
} as const satisfies Readonly<Record<number, Problem>>;
