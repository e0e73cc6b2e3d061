// Marks a style sheet for editors and formatters; the text is used as it stands.
export const css = String.raw;
