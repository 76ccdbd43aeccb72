/* test_neighbours.c - BFD, OSPF Hello and VRRP read: every field, every cut, every lie. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/bfd.h"
#include "lib/ospf.h"
#include "lib/vrrp.h"

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static const char bfd_up[] = "\x21\xf0\x03\x18\x00\x00\x00\x07\x00\x00\x00\x09"
			     "\x00\x04\x93\xe0\x00\x03\x0d\x40\x00\x00\x00\x32";

static void
bfd_fields(void **state)
{
	struct bfd_packet b;

	(void)state;
	assert_int_equal(bfd_read(BYTES(bfd_up), &b), 0);
	assert_int_equal(b.state, BFD_UP);
	assert_int_equal(b.diag, 1);
	assert_true(b.poll && b.final && !b.demand && !b.authenticated);
	assert_int_equal(b.detect_mult, 3);
	assert_int_equal(b.my_discriminator, 7);
	assert_int_equal(b.your_discriminator, 9);
	assert_int_equal(b.desired_min_tx_us, 300000);
	assert_int_equal(b.required_min_rx_us, 200000);
	assert_int_equal(b.required_min_echo_rx_us, 50);
	assert_string_equal(bfd_state_name(b.state), "Up");
	assert_string_equal(bfd_diag_name(1), "Control Detection Time Expired");
	assert_string_equal(bfd_diag_name(31), "Reserved");
}

static void
bfd_refused(void **state)
{
	/* offset, the byte there: version 0, multipoint, authentication without room, multiplier 0,
	 * a length below 24 and above what is there, no discriminators. */
	static const uint8_t lies[][2] = {
		{0, 0x01}, {1, 0xf1}, {1, 0xf4}, {2, 0}, {3, 23}, {3, 25}, {7, 0}, {11, 0}};
	struct bfd_packet b = {.diag = 99};
	uint8_t copy[24];

	(void)state;
	for (size_t n = 0; n < 24; n++)
		assert_int_equal(bfd_read((const uint8_t *)bfd_up, n, &b), -EBADMSG);
	for (size_t i = 0; i < sizeof(lies) / 2; i++) {
		memcpy(copy, bfd_up, 24);
		copy[lies[i][0]] = lies[i][1];
		assert_int_equal(bfd_read(copy, 24, &b), -EBADMSG);
	}
	assert_int_equal(b.diag, 99);
	/* Down may come before it knows the other's discriminator. */
	memcpy(copy, bfd_up, 24);
	copy[1] = BFD_DOWN << 6;
	copy[11] = 0;
	assert_int_equal(bfd_read(copy, 24, &b), 0);
}

static const char hello2[] = "\x02\x01\x00\x34\xc0\x00\x02\x01\x00\x00\x00\x05\x00\x00\x00\x00"
			     "\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\x00\x00\x0a\x02\x01"
			     "\x00\x00\x00\x28\xc0\x00\x02\x03\xc0\x00\x02\x04\xc0\x00\x02\x02"
			     "\xc0\x00\x02\x09";
static const char hello3[] = "\x03\x01\x00\x28\xc0\x00\x02\x01\x00\x00\x00\x00\x00\x00\x07\x00"
			     "\x00\x00\x00\x05\x01\x00\x00\x13\x00\x0a\x00\x28\x00\x00\x00\x00"
			     "\x00\x00\x00\x00\xc0\x00\x02\x02";

static void
ospf_hellos(void **state)
{
	enum ospf_type type;
	struct ospf_hello h;
	uint8_t copy[sizeof(hello2)];

	(void)state;
	assert_int_equal(ospf_hello_read(BYTES(hello2), &type, &h), 0);
	assert_int_equal(type, OSPF_HELLO);
	assert_int_equal(h.version, 2);
	assert_int_equal(h.router_id, 0xc0000201);
	assert_int_equal(h.area_id, 5);
	assert_int_equal(h.hello_s, 10);
	assert_int_equal(h.dead_s, 40);
	assert_int_equal(h.priority, 1);
	assert_int_equal(h.designated, 0xc0000203);
	assert_int_equal(h.backup, 0xc0000204);
	assert_int_equal(cursor_left(&h.neighbours), 8);
	assert_int_equal(cursor_u32(&h.neighbours), 0xc0000202);
	assert_int_equal(ospf_hello_read(BYTES(hello3), &type, &h), 0);
	assert_int_equal(h.version, 3);
	assert_int_equal(h.instance, 7);
	assert_int_equal(h.hello_s, 10);
	assert_int_equal(h.dead_s, 40);
	assert_int_equal(cursor_left(&h.neighbours), 4);
	for (size_t n = 0; n < sizeof(hello2) - 1; n++)
		assert_int_equal(ospf_hello_read((const uint8_t *)hello2, n, &type, &h), -EBADMSG);
	for (size_t n = 0; n < sizeof(hello3) - 1; n++)
		assert_int_equal(ospf_hello_read((const uint8_t *)hello3, n, &type, &h), -EBADMSG);
	memcpy(copy, hello2, sizeof(copy));
	copy[3] = 0x33; /* three quarters of a neighbour */
	assert_int_equal(ospf_hello_read(copy, sizeof(copy) - 1, &type, &h), -EBADMSG);
	copy[3] = 0x34;
	copy[1] = OSPF_UPDATE;
	assert_int_equal(ospf_hello_read(copy, sizeof(copy) - 1, &type, &h), -ENOENT);
	assert_int_equal(type, OSPF_UPDATE);
	copy[1] = 6;
	assert_int_equal(ospf_hello_read(copy, sizeof(copy) - 1, &type, &h), -EBADMSG);
	copy[0] = 4;
	assert_int_equal(ospf_hello_read(copy, sizeof(copy) - 1, &type, &h), -EBADMSG);
}

static void
vrrp_adverts(void **state)
{
	static const char v3[] = "\x31\x33\x96\x01\x00\x64\x00\x00\xcb\x00\x71\x01";
	static const char v2[] = "\x21\x33\x96\x01\x00\x02\x00\x00\xcb\x00\x71\x01"
				 "\x00\x00\x00\x00\x00\x00\x00\x00";
	struct vrrp_advert a;

	(void)state;
	assert_int_equal(vrrp_read(BYTES(v3), 255, 4, &a), 0);
	assert_int_equal(a.version, 3);
	assert_int_equal(a.vrid, 51);
	assert_int_equal(a.priority, 150);
	assert_int_equal(a.addresses, 1);
	assert_int_equal(a.interval_ms, 1000);
	assert_int_equal(vrrp_down_interval_ns(&a), 3000000000 + 1000000000LL * 255 / 256);
	assert_int_equal(vrrp_read(BYTES(v3), 254, 4, &a), -EBADMSG);
	assert_int_equal(vrrp_read(BYTES(v3), 255, 6, &a), -EBADMSG);
	for (size_t n = 0; n < sizeof(v3) - 1; n++)
		assert_int_equal(vrrp_read((const uint8_t *)v3, n, 255, 4, &a), -EBADMSG);
	assert_int_equal(vrrp_read(BYTES(v2), 255, 4, &a), 0);
	assert_int_equal(a.interval_ms, 2000);
	assert_int_equal(vrrp_read(BYTES(v2), 255, 6, &a), -EBADMSG);
	for (size_t n = 0; n < sizeof(v2) - 1; n++)
		assert_int_equal(vrrp_read((const uint8_t *)v2, n, 255, 4, &a), -EBADMSG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bfd_fields),
		cmocka_unit_test(bfd_refused),
		cmocka_unit_test(ospf_hellos),
		cmocka_unit_test(vrrp_adverts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
