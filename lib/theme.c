/* theme.c - the colours of pages and pictures as CSS variables, for light and for dark. */
#include "lib/theme.h"

const char theme_css[] =
	":root{color-scheme:light dark;"
	"--ink:#1f2933;--mute:#566270;--grid:#dfe4ea;--paper:#fff;--wash:#f6f8fa;--shade:#1f293333;"
	"--link:#005a8d;--lost:#d55e00;--lost-text:#a84300;--failed:#7f2f00;--good:#006b4e;"
	"--site0:#0072b2;--site1:#e69f00;--site2:#009e73;"
	"--site3:#cc79a7;--site4:#56b4e9;--site5:#f0e442;"
	"--site0-text:#005a8d;--site1-text:#8a5f00;--site2-text:#006b4e;"
	"--site3-text:#9a3f73;--site4-text:#1b6fa3;--site5-text:#6b6300;"
	"--phase0:#332288;--phase1:#1f776f;--phase2:#86690f;--phase3:#882255}\n"
	"@media screen and (prefers-color-scheme:dark){:root{"
	"--ink:#e6eaef;--mute:#a3adb9;--grid:#343c46;--paper:#14181d;--wash:#1c2127;--shade:#"
	"ffffff38;"
	"--link:#7cc3ee;--lost:#d55e00;--lost-text:#ff9a5c;--failed:#9c4a1c;--good:#4fd0a5;"
	"--site0:#1f86c4;--site1:#e69f00;--site2:#0aa57c;"
	"--site3:#cc79a7;--site4:#56b4e9;--site5:#e5da3f;"
	"--site0-text:#6cb8ea;--site1-text:#f0b83c;--site2-text:#4fd0a5;"
	"--site3-text:#e3a3c6;--site4-text:#8ecdf2;--site5-text:#f0e442;"
	"--phase0:#a3a8f7;--phase1:#4fc3b4;--phase2:#dbc05c;--phase3:#e58bb8}}\n";
