/*
 * bgpwire.h - when the node at fault withdrew the anycast prefixes, and when it announced them again.
 *
 * From the BGP log alone: of the messages that the node itself sent, the UPDATEs that withdraw or
 * announce an anycast prefix. The instant of a message is that of the packet by which its last
 * missing byte became visible.
 *
 * `withdraw` is the first instant between fault and restore at which no peer has the family's prefix any
 * more (withdraw.h). A session that the node itself closes (NOTIFICATION, FIN or RST, the first of them) withdraws
 * what it carried, by RFC 4271 6, though no UPDATE says so: it counts like one where the session carried
 * the prefix. Peers that keep stale routes (graceful restart) are not told apart. `announce` is, after
 * the restore, the latest of the peers' first announcements.
 */
#ifndef BENCH_ANALYZE_BGPWIRE_H
#define BENCH_ANALYZE_BGPWIRE_H

#include "bench/analyze/bgplog.h"
#include "bench/analyze/run.h"

/*
 * Captures of the node that could not be read make the trial invalid. Without a log (NULL) nothing is
 * measured. Returns 0 or -ENOMEM.
 */
int bgpwire_measure(const struct run *r, struct trial *t, const struct bgplog *log);

#endif
