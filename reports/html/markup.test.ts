import { describe, expect, it } from "vitest";
import { html, jsonText, name, rawElement } from "./markup.ts";

describe("html", () => {
  it("escapes text and attributes alike", () => {
    const evil = `<b a="1" b='2'>&`;
    expect(html`<i title="${evil}">${evil}</i>`.markup).toBe(
      `<i title="&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;">&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;</i>`,
    );
  });

  it("takes over what it made itself, and joins lists", () => {
    const items = ["<", ">"].map((each) => html`<li>${each}</li>`);
    expect(html`<b>${items}</b>`.markup).toBe("<b><li>&lt;</li><li>&gt;</li></b>");
    expect(html`${0}${null}${undefined}${false}${name("x")}`.markup).toBe("0<bdi>x</bdi>");
  });

  it("cannot be given an object that only looks like markup", () => {
    const forged: unknown = JSON.parse('{"markup":"<script>"}');
    expect(() => html`${forged as string}`.markup).toThrow();
  });

  it("drops its own indentation, never that of the values", () => {
    const pieces = Object.assign(["<pre>\n      ", "\n    </pre>"], { raw: [] });
    expect(html(pieces, "a  b\n  c").markup).toBe("<pre>\na  b   c\n</pre>");
  });
});

describe("raw text", () => {
  it("refuses what could end its element", () => {
    expect(() => rawElement("<script>", 'x = "</SCRIPT >"')).toThrow("end its own element");
    expect(() => rawElement("<style>", "<!--")).toThrow("end its own element");
    expect(rawElement("<style>", "a{}").markup).toBe("<style>a{}</style>");
  });

  it("JSON in a page cannot leave it, and reads back the same", () => {
    const value = { text: "</script><!--\u2028" };
    const text = jsonText(value).markup;
    expect(text).not.toMatch(/[<>\u2028]/);
    expect(JSON.parse(text)).toEqual(value);
  });
});
