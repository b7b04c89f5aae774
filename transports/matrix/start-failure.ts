import { MusherError } from '../../src/errors.ts';
import { HomeserverError } from './homeserver.ts';

/** What a person has to know and do when the connection can't be made. */
export function startFailure(error: unknown, url: string): MusherError {
  const because = { cause: error };
  const byItself = 'Musher keeps retrying. If it does not recover, check the server’s connection.';
  if (!(error instanceof HomeserverError)) {
    const what =
      error instanceof TypeError
        ? `${url} is not the address of a homeserver: ${error.message}.`
        : error instanceof Error
          ? error.message
          : String(error);
    return new MusherError('NETWORK_REFUSED', what, 'Fix homeserver under [matrix], or check the log file.', because);
  }
  if (error.isUnknownToken) {
    const what = 'The homeserver rejected the access token: it has a typo, or its session was logged out.';
    return new MusherError('NETWORK_TOKEN_REFUSED', what, 'Log in as the bot again and set the new token.', because);
  }
  if (error.status === 404 && error.errcode === null) {
    const hint = `Give the address of the client-server API, which ${url}/.well-known/matrix/client may name.`;
    return new MusherError('NETWORK_UNREACHABLE', `No Matrix homeserver answers at ${url}.`, hint, because);
  }
  return new MusherError(error.status === null ? 'NETWORK_UNREACHABLE' : 'NETWORK_REFUSED', `${error.message}.`, byItself, because);
}
