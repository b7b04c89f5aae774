import * as z from 'zod';

/** Tools allowed without asking, for programs that take such a list. */
export const allowedTools = z
  .array(z.string().min(1))
  .optional()
  .meta({
    description: 'Tools allowed without asking, as the program names them. Default: the runtime’s own list.',
    example: ['Bash(npm test:*)', 'Edit'],
  });

/** For programs that ask before they use a tool that is not allowed. */
export const permission = z.enum(['ask', 'deny']).optional().meta({
  description: 'What happens with a tool that is not allowed: ask people in the room (`"ask"`, the default), or deny it at once.',
  example: 'deny',
});
