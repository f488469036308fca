import { openBlankPage } from "./app/blank-page.ts";
import { BLANK_ID } from "./protocol/limits.ts";

// The page holds this module inline and what its scopes begin with in an element.
const blank = document.getElementById(BLANK_ID);

if (blank) openBlankPage(blank);
