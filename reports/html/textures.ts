// Textures beside every colour, so that no state is told by colour alone: also in print and for the colour-blind.
import { html, type Html } from "./markup.ts";

export function textures(): Html {
  return html`<svg class="defs" aria-hidden="true" focusable="false">
    <defs>
      <pattern
        id="texture-bad"
        width="7"
        height="7"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="texture" width="2" height="7" />
      </pattern>
      <pattern id="texture-partly" width="6" height="6" patternUnits="userSpaceOnUse">
        <circle class="texture" cx="3" cy="3" r="1.1" />
      </pattern>
      <pattern id="texture-unseen" width="6" height="6" patternUnits="userSpaceOnUse">
        <path class="texture-line" d="M0 0L6 6M6 0L0 6" />
      </pattern>
      <pattern id="texture-fold" width="8" height="8" patternUnits="userSpaceOnUse" x="-4">
        <path class="texture-faint" d="M2 0L6 4L2 8" />
      </pattern>
      <pattern
        id="texture-place-1"
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(-45)"
      >
        <rect class="texture-place" width="1" height="6" />
      </pattern>
      <pattern id="texture-place-2" width="7" height="7" patternUnits="userSpaceOnUse">
        <circle class="texture-place" cx="3" cy="3" r="0.9" />
      </pattern>
      <pattern id="texture-place-3" width="6" height="6" patternUnits="userSpaceOnUse">
        <rect class="texture-place" width="1" height="6" />
      </pattern>
      <pattern id="texture-place-4" width="6" height="6" patternUnits="userSpaceOnUse">
        <rect class="texture-place" width="6" height="1" />
      </pattern>
      <pattern id="texture-place-5" width="8" height="8" patternUnits="userSpaceOnUse">
        <path class="texture-place-line" d="M0 4H8M4 0V8" />
      </pattern>
    </defs>
  </svg>`;
}
