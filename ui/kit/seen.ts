/** Text that others wrote, with a mark for each character that nobody sees or that turns the text around it. */
export const seen = (text: string): string =>
  text.replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '\u00b7');
