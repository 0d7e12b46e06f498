import { codePoints } from './codePoints';
import type { PostEntities } from './post';

/** Puts a post's text together and notes where its hashtags, mentions and links are, in code points, as X does. */
export class TextBuilder {
  text = '';
  readonly entities: PostEntities = {};
  #length = 0;

  add(piece: string): void {
    this.text += piece;
    this.#length += codePoints(piece);
  }

  hashtag(tag: string): void {
    const start = this.#length;
    this.add(`#${tag}`);
    (this.entities.hashtags ??= []).push({ start, end: this.#length, tag });
  }

  mention(username: string, id: string): void {
    const start = this.#length;
    this.add(`@${username}`);
    (this.entities.mentions ??= []).push({ start, end: this.#length, username, id });
  }

  link(url: string): void {
    const start = this.#length;
    this.add(url);
    const display = url.slice('https://'.length);
    (this.entities.urls ??= []).push({ start, end: this.#length, url, expanded_url: url, display_url: display });
  }
}
