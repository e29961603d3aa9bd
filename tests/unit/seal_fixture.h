/* A CA, a sealer and two devices, for the tests of sealed keys. */
#ifndef LY_SEAL_FIXTURE_H
#define LY_SEAL_FIXTURE_H

#include "keys.h"
#include "seal.h"

static struct {
	struct ly_pkey *ca, *sealer, *recv, *other, *user;
	struct ly_buf ca_der, sealer_der, recv_der, other_der;
	struct ly_secret pkcs8;
} fx;

static inline int
fx_setup(void **state)
{
	(void)state;
	fx.ca = make_p256();
	fx.sealer = make_p256();
	fx.recv = make_p256();
	fx.other = make_p256();
	fx.user = make_p256();
	make_cert(LY_CERT_CA, fx.ca, NULL, "CA", fx.ca, &fx.ca_der);
	make_cert(LY_CERT_SEALER, fx.ca, &fx.ca_der, "sealer", fx.sealer,
	    &fx.sealer_der);
	make_cert(LY_CERT_DEVICE_RECV, fx.ca, &fx.ca_der, "one", fx.recv,
	    &fx.recv_der);
	make_cert(LY_CERT_DEVICE_RECV, fx.ca, &fx.ca_der, "two", fx.other,
	    &fx.other_der);
	must(ly_pkey_to_der(fx.user, &fx.pkcs8) == 0);
	return 0;
}

static inline int
fx_teardown(void **state)
{
	(void)state;
	ly_pkey_free(&fx.ca);
	ly_pkey_free(&fx.sealer);
	ly_pkey_free(&fx.recv);
	ly_pkey_free(&fx.other);
	ly_pkey_free(&fx.user);
	ly_buf_clear(&fx.ca_der);
	ly_buf_clear(&fx.sealer_der);
	ly_buf_clear(&fx.recv_der);
	ly_buf_clear(&fx.other_der);
	ly_secret_clear(&fx.pkcs8);
	return 0;
}

static inline void
fx_seal(struct ly_buf *out)
{
	ly_buf_init(out, LY_SEALED_MAX);
	must(ly_seal(&fx.pkcs8, fx.recv_der.data, fx.recv_der.len, out) == 0);
}

#endif
