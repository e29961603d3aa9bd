/*
 * The small messages of the wire: discovery, enrolment, problems. A message
 * is its table; the engine in wire_get.c and wire_put.c does the rest.
 */
#include <stddef.h>

#include "cert.h"
#include "wire_impl.h"

#define OFF(member) offsetof(struct ly_wire_discovery, member)
static const struct ly_wire_field discovery_fields[] = {
	{ "issuer", LY_W_TEXT, .off = OFF(issuer), .min = 1,
	    .max = LY_URL_MAX - 1 },
	{ "api", LY_W_TEXT, .off = OFF(api), .min = 1, .max = 63 },
	{ "ca", LY_W_B64, .off = OFF(ca), .min = 1, .max = LY_CERT_MAX },
	{ "import_cert", LY_W_B64, .off = OFF(import_cert), .min = 1,
	    .max = LY_CERT_MAX },
};
#undef OFF
static const struct ly_wire_table discovery =
    LY_WIRE_TABLE(discovery_fields, struct ly_wire_discovery, 0);

#define OFF(member) offsetof(struct ly_wire_enroll, member)
static const struct ly_wire_field enroll_fields[] = {
	{ "address", LY_W_TEXT, .off = OFF(address), .min = 1,
	    .max = LY_ADDRESS_MAX - 1 },
	{ "code", LY_W_TEXT, LY_W_WIPE, .off = OFF(code), .min = 1,
	    .max = LY_WIRE_CODE_MAX - 1 },
	{ "name", LY_W_TEXT, .off = OFF(name), .max = LY_WIRE_NAME_MAX - 1 },
	{ "platform", LY_W_TEXT, .off = OFF(platform),
	    .max = LY_WIRE_NAME_MAX - 1 },
	{ "auth_csr", LY_W_B64, .off = OFF(auth_csr), .min = 1,
	    .max = LY_WIRE_CSR_MAX },
	{ "recv_csr", LY_W_B64, .off = OFF(recv_csr), .min = 1,
	    .max = LY_WIRE_CSR_MAX },
};
#undef OFF
static const struct ly_wire_table enroll =
    LY_WIRE_TABLE(enroll_fields, struct ly_wire_enroll, 0);

#define OFF(member) offsetof(struct ly_wire_enrolled, member)
static const struct ly_wire_field enrolled_fields[] = {
	{ "device_id", LY_W_ID, .off = OFF(device_id), .min = 1,
	    .max = LY_DEVICE_ID_MAX - 1 },
	{ "address", LY_W_TEXT, .off = OFF(address), .min = 1,
	    .max = LY_ADDRESS_MAX - 1 },
	{ "label", LY_W_TEXT, .off = OFF(label), .min = 1,
	    .max = LY_TOKEN_LABEL_MAX - 1 },
	{ "ca", LY_W_B64, .off = OFF(ca), .min = 1, .max = LY_CERT_MAX },
	{ "auth_cert", LY_W_B64, .off = OFF(auth_cert), .min = 1,
	    .max = LY_CERT_MAX },
	{ "recv_cert", LY_W_B64, .off = OFF(recv_cert), .min = 1,
	    .max = LY_CERT_MAX },
};
#undef OFF
static const struct ly_wire_table enrolled =
    LY_WIRE_TABLE(enrolled_fields, struct ly_wire_enrolled, 0);

/* RFC 9457 3.2: a client skips the members of a problem it does not know. */
#define OFF(member) offsetof(struct ly_wire_problem, member)
static const struct ly_wire_field problem_fields[] = {
	{ "status", LY_W_INT, .off = OFF(status), .min = 100, .max = 599 },
	{ "code", LY_W_TEXT, .off = OFF(code), .min = 1, .max = 47 },
	{ "title", LY_W_TEXT, .off = OFF(title), .max = 159 },
	{ "retry_after", LY_W_INT, LY_W_OPTIONAL, .off = OFF(retry_after),
	    .max = 86400 },
};
#undef OFF
static const struct ly_wire_table problem =
    LY_WIRE_TABLE(problem_fields, struct ly_wire_problem, 1);

int
ly_wire_discovery_encode(const struct ly_wire_discovery *m,
    struct ly_buf *json)
{
	return ly_wire_put(&discovery, m, json);
}

int
ly_wire_discovery_decode(const void *json, size_t len,
    struct ly_wire_discovery *m, struct ly_why *why)
{
	return ly_wire_get(&discovery, json, len, m, why);
}

void
ly_wire_discovery_clear(struct ly_wire_discovery *m)
{
	ly_wire_free(&discovery, m);
}

int
ly_wire_enroll_encode(const struct ly_wire_enroll *m, struct ly_buf *json)
{
	return ly_wire_put(&enroll, m, json);
}

int
ly_wire_enroll_decode(const void *json, size_t len, struct ly_wire_enroll *m,
    struct ly_why *why)
{
	return ly_wire_get(&enroll, json, len, m, why);
}

void
ly_wire_enroll_clear(struct ly_wire_enroll *m)
{
	ly_wire_free(&enroll, m);
}

int
ly_wire_enrolled_encode(const struct ly_wire_enrolled *m,
    struct ly_buf *json)
{
	return ly_wire_put(&enrolled, m, json);
}

int
ly_wire_enrolled_decode(const void *json, size_t len,
    struct ly_wire_enrolled *m, struct ly_why *why)
{
	return ly_wire_get(&enrolled, json, len, m, why);
}

void
ly_wire_enrolled_clear(struct ly_wire_enrolled *m)
{
	ly_wire_free(&enrolled, m);
}

int
ly_wire_problem_encode(const struct ly_wire_problem *m, struct ly_buf *json)
{
	return ly_wire_put(&problem, m, json);
}

int
ly_wire_problem_decode(const void *json, size_t len,
    struct ly_wire_problem *m, struct ly_why *why)
{
	return ly_wire_get(&problem, json, len, m, why);
}
