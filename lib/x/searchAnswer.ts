import { type Fields, isFields } from '../core/records';

/** One page of X's recent search. */
export interface SearchAnswer {
  /** Oldest first, the author joined in. */
  readonly posts: Fields[];
  readonly newestId: string | undefined;
  readonly nextToken: string | undefined;
  /** What X could not give along with the data, in words. */
  readonly problems: string[];
}

/**
 * Reads the body of an answer, in which anything may be missing. X gives posts newest first and their authors beside
 * them; edits are named `edit_history_tweet_ids` or `edit_history_post_ids`, and stay as they are.
 */
export function readAnswer(body: unknown): SearchAnswer {
  const { data, includes, meta, errors } = isFields(body) ? body : {};
  const authors = new Map<unknown, Fields>();
  for (const user of listOf(isFields(includes) ? includes.users : undefined)) authors.set(user.id, user);
  const posts = listOf(data)
    .map((post) => withAuthor(post, authors))
    .reverse();
  const { newest_id: newest, next_token: next } = isFields(meta) ? meta : {};
  const problems = listOf(errors).map(
    ({ detail, title }) => textOf(detail) ?? textOf(title) ?? 'an error without words',
  );
  return { posts, newestId: textOf(newest), nextToken: textOf(next), problems };
}

function withAuthor(post: Fields, authors: ReadonlyMap<unknown, Fields>): Fields {
  const author = authors.get(post.author_id);
  return author ? { ...post, author } : post;
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
