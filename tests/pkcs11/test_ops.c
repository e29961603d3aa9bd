/*
 * Operations with keys through the whole state machine: decrypt, sign,
 * derive, unwrap, their sizes, their errors and their ends.
 */
#include "fixture.h"

#include <openssl/err.h>

#include "crypto.h"
#include "err.h"
#include "secret.h"

static CK_MECHANISM rsa_pkcs = { CKM_RSA_PKCS, NULL, 0 };
static CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
static CK_MECHANISM eddsa = { CKM_EDDSA, NULL, 0 };

static int
down(void **state)
{
	(void)state;
	fx_down();
	return 0;
}

static int
up(void **state)
{
	*state = (void *)(uintptr_t)fx_token(NULL);
	return 0;
}

#define SESSION(state) ((CK_SESSION_HANDLE)(uintptr_t)*(state))

static void
contract_19_decrypts_once_without_a_size_query(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	uint8_t ct[256], pt[256];
	CK_ULONG len = sizeof(pt);

	fx_encrypt(FX_RSA, "sixteen byte key", 16, ct);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs,
	    fx_object(s, CKO_PRIVATE_KEY, FX_RSA)), CKR_OK);
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len), CKR_OK);
	assert_int_equal(len, 16);
	assert_memory_equal(pt, "sixteen byte key", 16);
	assert_int_equal(fx_fake.runs, 1);
	/* The operation is over. */
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
}

static void
contract_17_an_expired_key_decrypts_and_does_not_sign(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE old = fx_object(s, CKO_PRIVATE_KEY, FX_OLD);
	CK_OBJECT_HANDLE revoked = fx_object(s, CKO_PRIVATE_KEY, FX_REVOKED);
	uint8_t ct[256], pt[256];
	CK_ULONG len = sizeof(pt);

	fx_encrypt(FX_OLD, "old", 3, ct);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs, old), CKR_OK);
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len), CKR_OK);
	assert_int_equal(len, 3);
	assert_int_equal(C_SignInit(s, &rsa_pkcs, old),
	    CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_int_equal(C_SignInit(s, &ecdsa, revoked),
	    CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_false(fx_bool(s, old, CKA_SIGN));
	assert_true(fx_bool(s, old, CKA_DECRYPT));
	assert_false(fx_bool(s, revoked, CKA_SIGN));
	assert_true(fx_bool(s, revoked, CKA_DERIVE));
	assert_true(fx_bool(s, fx_object(s, CKO_PRIVATE_KEY, FX_RSA),
	    CKA_SIGN));
}

static void
contract_25_sizes_are_answered_locally(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	uint8_t ct[256], pt[256], sig[256];
	CK_ULONG len = 0;

	fx_encrypt(FX_RSA, "hello", 5, ct);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs,
	    fx_object(s, CKO_PRIVATE_KEY, FX_RSA)), CKR_OK);
	assert_int_equal(C_Decrypt(s, ct, 256, NULL, &len), CKR_OK);
	assert_int_equal(len, 256);
	assert_int_equal(fx_fake.runs, 0);
	/* Too small by one: asked once, kept, given the second time. */
	len = 4;
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len),
	    CKR_BUFFER_TOO_SMALL);
	assert_int_equal(len, 5);
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len), CKR_OK);
	assert_memory_equal(pt, "hello", 5);
	assert_int_equal(fx_fake.runs, 1);
	/* A signature's length is known: nothing is asked. */
	assert_int_equal(C_SignInit(s, &ecdsa,
	    fx_object(s, CKO_PRIVATE_KEY, FX_EC)), CKR_OK);
	assert_int_equal(C_Sign(s, ct, 32, NULL, &len), CKR_OK);
	assert_int_equal(len, 64);
	len = 20;
	assert_int_equal(C_Sign(s, ct, 32, sig, &len), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(len, 64);
	assert_int_equal(fx_fake.runs, 1);
	assert_int_equal(C_Sign(s, ct, 32, sig, &len), CKR_OK);
	assert_int_equal(fx_fake.runs, 2);
	assert_true(fx_verify(FX_EC, ct, 32, sig, 64));
}

static void
contract_25_a_kept_result_is_not_given_for_another_input(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	uint8_t one[256], two[256], pt[256];
	CK_ULONG len = 0;

	fx_encrypt(FX_RSA, "first", 5, one);
	fx_encrypt(FX_RSA, "other", 5, two);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs,
	    fx_object(s, CKO_PRIVATE_KEY, FX_RSA)), CKR_OK);
	assert_int_equal(C_Decrypt(s, one, 256, pt, &len),
	    CKR_BUFFER_TOO_SMALL);
	len = sizeof(pt);
	assert_int_equal(C_Decrypt(s, two, 256, pt, &len), CKR_OK);
	assert_memory_equal(pt, "other", 5);
}

static void
contract_20_trap_10_16_failures_are_device_errors(void **state)
{
	static const int errs[] = { LY_ERR_NET, LY_ERR_TIMEOUT,
	    LY_ERR_DENIED, LY_ERR_EXPIRED, LY_ERR_CRYPTO, LY_ERR_FORMAT,
	    LY_ERR_REVOKED, LY_ERR_BUSY, LY_ERR_NOTFOUND };
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	uint8_t ct[256], pt[256];
	CK_ULONG len;
	size_t i;

	fx_encrypt(FX_RSA, "x", 1, ct);
	for (i = 0; i < sizeof(errs) / sizeof(errs[0]); i++) {
		fx_fake.fail = errs[i];
		len = sizeof(pt);
		assert_int_equal(C_DecryptInit(s, &rsa_pkcs, key), CKR_OK);
		assert_int_equal(C_Decrypt(s, ct, 256, pt, &len),
		    CKR_DEVICE_ERROR);
		/* A failed operation has ended. */
		assert_int_equal(C_Decrypt(s, ct, 256, pt, &len),
		    CKR_OPERATION_NOT_INITIALIZED);
		assert_int_equal(C_SignInit(s, &rsa_pkcs, key), CKR_OK);
		assert_int_equal(C_Sign(s, ct, 51, pt, &len),
		    CKR_DEVICE_ERROR);
	}
	fx_fake.fail = 0;
	len = sizeof(pt);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs, key), CKR_OK);
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len), CKR_OK);
}

/* What Java sends to cancel a cipher: nothing of it, or its beginning. */
static void
contract_35_a_buffer_that_was_not_filled_is_never_sent(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	uint8_t ct[256], part[256], pt[256];
	static const size_t filled[] = { 0, 1, 16, 240 };
	CK_ULONG len;
	size_t i;

	fx_encrypt(FX_RSA, "sixteen byte key", 16, ct);
	for (i = 0; i < sizeof(filled) / sizeof(filled[0]); i++) {
		memset(part, 0, sizeof(part));
		memcpy(part, ct, filled[i]);
		len = sizeof(pt);
		assert_int_equal(C_DecryptInit(s, &rsa_pkcs, key), CKR_OK);
		assert_int_equal(C_Decrypt(s, part, 256, pt, &len),
		    CKR_DEVICE_ERROR);
	}
	assert_int_equal(fx_fake.runs, 0);
	/* A beginning of zeros is as good as any other. */
	memset(part, 0, sizeof(part));
	memcpy(part + 16, ct + 16, 240);
	len = sizeof(pt);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs, key), CKR_OK);
	C_Decrypt(s, part, 256, pt, &len);
	assert_int_equal(fx_fake.runs, 1);
}

static void
contract_35_a_ciphertext_of_another_length_is_never_sent(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	uint8_t ct[300] = { 0 }, pt[300];
	CK_ULONG len, n;

	for (n = 0; n <= 300; n++) {
		if (n == 256)
			continue;
		len = sizeof(pt);
		assert_int_equal(C_DecryptInit(s, &rsa_pkcs, key), CKR_OK);
		assert_int_equal(C_Decrypt(s, ct, n, pt, &len),
		    CKR_ENCRYPTED_DATA_LEN_RANGE);
	}
	assert_int_equal(fx_fake.runs, 0);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs, key), CKR_OK);
	assert_int_equal(C_SessionCancel(s, CKF_DECRYPT), CKR_OK);
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(fx_fake.runs, 0);
}

static void
an_answer_that_is_too_long_is_refused(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	uint8_t ct[256], out[4096];
	CK_ULONG len = sizeof(out);

	fx_fake.overlong = 1;
	fx_encrypt(FX_RSA, "x", 1, ct);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs,
	    fx_object(s, CKO_PRIVATE_KEY, FX_RSA)), CKR_OK);
	assert_int_equal(C_Decrypt(s, ct, 256, out, &len), CKR_DEVICE_ERROR);
	len = sizeof(out);
	assert_int_equal(C_SignInit(s, &ecdsa,
	    fx_object(s, CKO_PRIVATE_KEY, FX_EC)), CKR_OK);
	assert_int_equal(C_Sign(s, ct, 32, out, &len), CKR_DEVICE_ERROR);
}

static void
parts_are_collected_and_sent_once(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	uint8_t ct[256], pt[256];
	CK_ULONG len = sizeof(pt);

	fx_encrypt(FX_RSA, "parts", 5, ct);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs, key), CKR_OK);
	assert_int_equal(C_DecryptUpdate(s, ct, 100, pt, &len), CKR_OK);
	assert_int_equal(len, 0);
	len = sizeof(pt);
	assert_int_equal(C_DecryptUpdate(s, ct + 100, 156, pt, &len), CKR_OK);
	assert_int_equal(len, 0);
	/* The single call is out of place now, and ends it. */
	len = sizeof(pt);
	assert_int_equal(C_DecryptFinal(s, NULL, &len), CKR_OK);
	assert_int_equal(len, 256);
	len = 2;
	assert_int_equal(C_DecryptFinal(s, pt, &len), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(C_DecryptFinal(s, pt, &len), CKR_OK);
	assert_memory_equal(pt, "parts", 5);
	assert_int_equal(fx_fake.runs, 1);
	/* More than a modulus: refused at once. */
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs, key), CKR_OK);
	len = sizeof(pt);
	assert_int_equal(C_DecryptUpdate(s, ct, 256, pt, &len), CKR_OK);
	len = sizeof(pt);
	assert_int_equal(C_DecryptUpdate(s, ct, 1, pt, &len),
	    CKR_ENCRYPTED_DATA_LEN_RANGE);
	assert_int_equal(C_DecryptFinal(s, pt, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(fx_fake.runs, 1);
}

static void
signs_with_every_kind_of_key(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	uint8_t tbs[51], sig[256];
	CK_ULONG len = sizeof(sig);

	memset(tbs, 0x5a, sizeof(tbs));
	assert_int_equal(C_SignInit(s, &rsa_pkcs,
	    fx_object(s, CKO_PRIVATE_KEY, FX_RSA)), CKR_OK);
	assert_int_equal(C_Sign(s, tbs, 51, sig, &len), CKR_OK);
	assert_int_equal(len, 256);
	assert_true(fx_verify(FX_RSA, tbs, 51, sig, 256));
	len = sizeof(sig);
	assert_int_equal(C_SignInit(s, &ecdsa,
	    fx_object(s, CKO_PRIVATE_KEY, FX_EC)), CKR_OK);
	assert_int_equal(C_Sign(s, tbs, 32, sig, &len), CKR_OK);
	assert_int_equal(len, 64);
	assert_true(fx_verify(FX_EC, tbs, 32, sig, 64));
	len = sizeof(sig);
	assert_int_equal(C_SignInit(s, &eddsa,
	    fx_object(s, CKO_PRIVATE_KEY, FX_ED)), CKR_OK);
	assert_int_equal(C_SignUpdate(s, tbs, 20), CKR_OK);
	assert_int_equal(C_SignUpdate(s, tbs + 20, 31), CKR_OK);
	assert_int_equal(C_SignFinal(s, sig, &len), CKR_OK);
	assert_int_equal(len, 64);
	assert_true(fx_verify(FX_ED, tbs, 51, sig, 64));
}

/* Sign with a hashing mechanism, in one part and in two; verify both. */
static void
hash_and_sign(CK_SESSION_HANDLE s, CK_MECHANISM *m, enum fx_key k)
{
	CK_OBJECT_HANDLE priv = fx_object(s, CKO_PRIVATE_KEY, k);
	CK_OBJECT_HANDLE pub = fx_object(s, CKO_PUBLIC_KEY, k);
	uint8_t msg[1000], sig[256];
	CK_ULONG len = sizeof(sig);

	memset(msg, 0x33, sizeof(msg));
	assert_int_equal(C_SignInit(s, m, priv), CKR_OK);
	assert_int_equal(C_Sign(s, msg, sizeof(msg), NULL, &len), CKR_OK);
	assert_int_equal(C_Sign(s, msg, sizeof(msg), sig, &len), CKR_OK);
	assert_int_equal(C_VerifyInit(s, m, pub), CKR_OK);
	assert_int_equal(C_Verify(s, msg, sizeof(msg), sig, len), CKR_OK);
	len = sizeof(sig);
	assert_int_equal(C_SignInit(s, m, priv), CKR_OK);
	assert_int_equal(C_SignUpdate(s, msg, 1), CKR_OK);
	assert_int_equal(C_SignUpdate(s, msg + 1, 999), CKR_OK);
	assert_int_equal(C_SignFinal(s, sig, &len), CKR_OK);
	assert_int_equal(C_VerifyInit(s, m, pub), CKR_OK);
	assert_int_equal(C_VerifyUpdate(s, msg, 500), CKR_OK);
	assert_int_equal(C_VerifyUpdate(s, msg + 500, 500), CKR_OK);
	assert_int_equal(C_VerifyFinal(s, sig, len), CKR_OK);
	msg[0] ^= 1;
	assert_int_equal(C_VerifyInit(s, m, pub), CKR_OK);
	assert_int_equal(C_Verify(s, msg, sizeof(msg), sig, len),
	    CKR_SIGNATURE_INVALID);
	assert_int_equal(C_VerifyInit(s, m, pub), CKR_OK);
	assert_int_equal(C_Verify(s, msg, sizeof(msg), sig, len - 1),
	    CKR_SIGNATURE_LEN_RANGE);
}

static void
contract_18_hash_and_sign_is_accepted_and_not_advertised(void **state)
{
	static CK_MECHANISM_TYPE plain[] = { CKM_SHA1_RSA_PKCS,
	    CKM_SHA224_RSA_PKCS, CKM_SHA256_RSA_PKCS, CKM_SHA384_RSA_PKCS,
	    CKM_SHA512_RSA_PKCS, CKM_ECDSA_SHA1, CKM_ECDSA_SHA224,
	    CKM_ECDSA_SHA256, CKM_ECDSA_SHA384, CKM_ECDSA_SHA512 };
	CK_SESSION_HANDLE s = SESSION(state);
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 32 };
	CK_MECHANISM m = { 0, NULL, 0 };
	CK_MECHANISM_INFO info;
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		m.mechanism = plain[i];
		hash_and_sign(s, &m, i < 5 ? FX_RSA : FX_EC);
		assert_int_equal(C_GetMechanismInfo(0, plain[i], &info),
		    CKR_MECHANISM_INVALID);
	}
	m.mechanism = CKM_SHA256_RSA_PKCS_PSS;
	m.pParameter = &pss;
	m.ulParameterLen = sizeof(pss);
	hash_and_sign(s, &m, FX_RSA);
	pss.hashAlg = CKM_SHA384;
	assert_int_equal(C_SignInit(s, &m,
	    fx_object(s, CKO_PRIVATE_KEY, FX_RSA)),
	    CKR_MECHANISM_PARAM_INVALID);
}

static void
pss_and_oaep_with_parameters(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE priv = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	CK_OBJECT_HANDLE pub = fx_object(s, CKO_PUBLIC_KEY, FX_RSA);
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA384, CKG_MGF1_SHA256, 20 };
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA1,
	    CKZ_DATA_SPECIFIED, (void *)(uintptr_t)"label", 5 };
	CK_MECHANISM mp = { CKM_RSA_PKCS_PSS, &pss, sizeof(pss) };
	CK_MECHANISM mo = { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) };
	uint8_t hash[48] = { 9 }, sig[256], ct[256], pt[256];
	CK_ULONG len = sizeof(sig);

	assert_int_equal(C_SignInit(s, &mp, priv), CKR_OK);
	assert_int_equal(C_Sign(s, hash, 48, sig, &len), CKR_OK);
	assert_int_equal(C_VerifyInit(s, &mp, pub), CKR_OK);
	assert_int_equal(C_Verify(s, hash, 48, sig, len), CKR_OK);
	assert_int_equal(C_SignInit(s, &mp, priv), CKR_OK);
	assert_int_equal(C_Sign(s, hash, 32, sig, &len), CKR_DATA_LEN_RANGE);
	len = sizeof(ct);
	assert_int_equal(C_EncryptInit(s, &mo, pub), CKR_OK);
	assert_int_equal(C_Encrypt(s, hash, 40, ct, &len), CKR_OK);
	assert_int_equal(C_DecryptInit(s, &mo, priv), CKR_OK);
	len = sizeof(pt);
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len), CKR_OK);
	assert_int_equal(len, 40);
	assert_memory_equal(pt, hash, 40);
	/* Another label: a failure, not a message. */
	oaep.ulSourceDataLen = 4;
	assert_int_equal(C_DecryptInit(s, &mo, priv), CKR_OK);
	len = sizeof(pt);
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len), CKR_DEVICE_ERROR);
	oaep.source = 7;
	assert_int_equal(C_DecryptInit(s, &mo, priv),
	    CKR_MECHANISM_PARAM_INVALID);
	mo.pParameter = NULL;
	assert_int_equal(C_DecryptInit(s, &mo, priv),
	    CKR_MECHANISM_PARAM_INVALID);
}

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;

/* ECDH with CKD_NULL as libp11 and pkcs11-provider ask; the key is read. */
static void
derive_null(CK_SESSION_HANDLE s, enum fx_key k, int der)
{
	CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
	CK_ULONG want = 32, len = 64;
	CK_ATTRIBUTE t[] = { FX_A(CKA_TOKEN, no),
	    FX_A(CKA_CLASS, secret_class), FX_A(CKA_KEY_TYPE, generic),
	    FX_A(CKA_VALUE_LEN, want), FX_A(CKA_SENSITIVE, no),
	    FX_A(CKA_EXTRACTABLE, yes), FX_A(CKA_DERIVE, yes),
	    FX_A(CKA_ENCRYPT, yes), FX_A(CKA_DECRYPT, yes) };
	uint8_t point[160], z[64], value[64];
	size_t zlen = sizeof(z), n = fx_peer(k, point + 2, z, &zlen);
	CK_ECDH1_DERIVE_PARAMS p = { CKD_NULL, 0, NULL, n, point + 2 };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &p, sizeof(p) };
	CK_OBJECT_HANDLE h = 0;

	if (der) {
		point[0] = 4;
		point[1] = (uint8_t)n;
		p.pPublicData = point;
		p.ulPublicDataLen = n + 2;
	}
	assert_int_equal(C_DeriveKey(s, &m, fx_object(s, CKO_PRIVATE_KEY, k),
	    t, 9, &h), CKR_OK);
	assert_int_equal(fx_attr(s, h, CKA_VALUE, value, &len), CKR_OK);
	assert_int_equal(len, 32);
	assert_memory_equal(value, z, 32);
	assert_int_equal(C_DestroyObject(s, h), CKR_OK);
	assert_int_equal(C_DestroyObject(s, h), CKR_OBJECT_HANDLE_INVALID);
}

static void
contract_21_24_ecdh_without_a_kdf_can_be_read(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);

	derive_null(s, FX_EC, 0);
	derive_null(s, FX_EC, 1);
	derive_null(s, FX_X, 0);
	derive_null(s, FX_X, 1);
	derive_null(s, FX_REVOKED, 0);
	assert_int_equal(fx_fake.runs, 5);
}

/* An AES key wrap of 16 bytes by kek, by OpenSSL. */
static void
kw_wrap(const uint8_t kek[32], const uint8_t *in, size_t len, uint8_t *out)
{
	EVP_CIPHER *c = EVP_CIPHER_fetch(ly_libctx(), "AES-256-WRAP", NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	assert_int_equal(EVP_EncryptInit_ex2(ctx, c, kek, NULL, NULL), 1);
	assert_int_equal(EVP_EncryptUpdate(ctx, out, &n, in, (int)len), 1);
	assert_int_equal(n, len + 8);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(c);
}

struct kdf_row {
	CK_ULONG kdf;
	enum ly_hash hash;
};

/* As NSS does it: a KEK that may only wrap, and an unwrap by decryption. */
static void
contract_21_22_x963_and_key_unwrap_as_nss_does(void **state)
{
	static const struct kdf_row rows[] = { { CKD_SHA1_KDF, LY_SHA1 },
	    { CKD_SHA224_KDF, LY_SHA224 }, { CKD_SHA256_KDF, LY_SHA256 },
	    { CKD_SHA384_KDF, LY_SHA384 }, { CKD_SHA512_KDF, LY_SHA512 } };
	CK_SESSION_HANDLE s = SESSION(state);
	CK_KEY_TYPE aes = CKK_AES;
	CK_ULONG want = 32, len;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, secret_class),
	    FX_A(CKA_KEY_TYPE, aes), FX_A(CKA_WRAP, yes),
	    FX_A(CKA_VALUE_LEN, want) };
	CK_ATTRIBUTE u[] = { FX_A(CKA_CLASS, secret_class),
	    FX_A(CKA_KEY_TYPE, aes), FX_A(CKA_UNWRAP, yes) };
	CK_MECHANISM kw = { CKM_AES_KEY_WRAP, NULL, 0 };
	uint8_t point[133], zb[64], info[] = "shared info", cek[32] = { 1, 2 };
	uint8_t wrapped[40], out[64];
	struct ly_secret z = LY_SECRET_INIT, kek = LY_SECRET_INIT;
	CK_OBJECT_HANDLE h, h2;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t zlen = sizeof(zb), n = fx_peer(FX_EC, point, zb,
		    &zlen);
		CK_ECDH1_DERIVE_PARAMS p = { rows[i].kdf, sizeof(info), info,
		    n, point };
		CK_MECHANISM m = { i % 2 ? CKM_ECDH1_COFACTOR_DERIVE :
		    CKM_ECDH1_DERIVE, &p, sizeof(p) };

		assert_int_equal(C_DeriveKey(s, &m, fx_object(s,
		    CKO_PRIVATE_KEY, FX_EC), t, 4, &h), CKR_OK);
		assert_int_equal(ly_secret_set(&z, zb, zlen), 0);
		assert_int_equal(ly_x963_kdf(rows[i].hash, &z, info,
		    sizeof(info), 32, &kek), 0);
		kw_wrap(kek.data, cek, 32, wrapped);
		kw.mechanism = i % 2 ? CKM_NSS_AES_KEY_WRAP :
		    CKM_AES_KEY_WRAP;
		assert_int_equal(C_DecryptInit(s, &kw, h), CKR_OK);
		len = 0;
		assert_int_equal(C_Decrypt(s, wrapped, 40, NULL, &len),
		    CKR_OK);
		assert_int_equal(len, 32);
		assert_int_equal(C_Decrypt(s, wrapped, 40, out, &len),
		    CKR_OK);
		assert_int_equal(len, 32);
		assert_memory_equal(out, cek, 32);
		/* And by C_UnwrapKey; what comes out cannot be read. */
		assert_int_equal(C_UnwrapKey(s, &kw, h, wrapped, 40, u, 3,
		    &h2), CKR_OK);
		assert_int_equal(fx_ulong(s, h2, CKA_VALUE_LEN), 32);
		len = sizeof(out);
		assert_int_equal(fx_attr(s, h2, CKA_VALUE, out, &len),
		    CKR_ATTRIBUTE_SENSITIVE);
		/* Changed bytes. */
		wrapped[3] ^= 1;
		assert_int_equal(C_UnwrapKey(s, &kw, h, wrapped, 40, u, 3,
		    &h2), CKR_WRAPPED_KEY_INVALID);
		assert_int_equal(C_DecryptInit(s, &kw, h), CKR_OK);
		len = sizeof(out);
		assert_int_not_equal(C_Decrypt(s, wrapped, 40, out, &len),
		    CKR_OK);
		assert_int_equal(C_DestroyObject(s, h), CKR_OK);
	}
	ly_secret_clear(&z);
	ly_secret_clear(&kek);
	assert_int_equal(fx_fake.runs, 5);
}

static void
derive_refuses_what_it_cannot_do(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE ec = fx_object(s, CKO_PRIVATE_KEY, FX_EC), h;
	CK_KEY_TYPE aes = CKK_AES;
	CK_ULONG want = 32;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, secret_class),
	    FX_A(CKA_KEY_TYPE, aes), FX_A(CKA_VALUE_LEN, want),
	    FX_A(CKA_TOKEN, no) };
	uint8_t point[133], z[64];
	size_t zlen = sizeof(z), n = fx_peer(FX_EC, point, z, &zlen);
	CK_ECDH1_DERIVE_PARAMS p = { CKD_SHA256_KDF, 0, NULL, n, point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &p, sizeof(p) };

	p.ulPublicDataLen = 64;
	assert_int_equal(C_DeriveKey(s, &m, ec, t, 4, &h),
	    CKR_MECHANISM_PARAM_INVALID);
	p.ulPublicDataLen = n;
	p.kdf = CKD_SHA1_KDF_ASN1;
	assert_int_equal(C_DeriveKey(s, &m, ec, t, 4, &h),
	    CKR_MECHANISM_PARAM_INVALID);
	p.kdf = CKD_SHA256_KDF;
	point[0] = 2;
	assert_int_equal(C_DeriveKey(s, &m, ec, t, 4, &h),
	    CKR_MECHANISM_PARAM_INVALID);
	point[0] = 4;
	assert_int_equal(C_DeriveKey(s, &m, fx_object(s, CKO_PRIVATE_KEY,
	    FX_RSA), t, 4, &h), CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(C_DeriveKey(s, &m, fx_object(s, CKO_CERTIFICATE,
	    FX_EC), t, 4, &h), CKR_KEY_HANDLE_INVALID);
	t[3].pValue = &yes;
	assert_int_equal(C_DeriveKey(s, &m, ec, t, 4, &h),
	    CKR_SESSION_READ_ONLY);
	t[3].pValue = &no;
	assert_int_equal(fx_fake.runs, 0);
	want = 33;
	assert_int_equal(C_DeriveKey(s, &m, ec, t, 4, &h),
	    CKR_KEY_SIZE_RANGE);
	/* A point that is not on the curve: the key says no. */
	want = 32;
	point[10] ^= 1;
	assert_int_equal(C_DeriveKey(s, &m, ec, t, 4, &h), CKR_DEVICE_ERROR);
}

static void
trap_17_unwrap_makes_a_hidden_key_in_memory(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE key = fx_object(s, CKO_PRIVATE_KEY, FX_RSA), h;
	CK_KEY_TYPE aes = CKK_AES;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, secret_class),
	    FX_A(CKA_KEY_TYPE, aes), FX_A(CKA_SENSITIVE, no),
	    FX_A(CKA_EXTRACTABLE, yes) };
	uint8_t ct[256], v[64];
	CK_ULONG len = sizeof(v);

	fx_encrypt(FX_RSA, "0123456789abcdef", 16, ct);
	assert_int_equal(C_UnwrapKey(s, &rsa_pkcs, key, ct, 256, t, 4, &h),
	    CKR_OK);
	assert_int_equal(fx_ulong(s, h, CKA_VALUE_LEN), 16);
	/* Whatever the template says, it stays hidden. */
	assert_int_equal(fx_attr(s, h, CKA_VALUE, v, &len),
	    CKR_ATTRIBUTE_SENSITIVE);
	assert_true(fx_bool(s, h, CKA_SENSITIVE));
	assert_false(fx_bool(s, h, CKA_EXTRACTABLE));
	assert_int_equal(C_UnwrapKey(s, &rsa_pkcs, key, ct, 255, t, 4, &h),
	    CKR_WRAPPED_KEY_LEN_RANGE);
	assert_int_equal(C_UnwrapKey(s, &rsa_pkcs, 12345, ct, 256, t, 4, &h),
	    CKR_UNWRAPPING_KEY_HANDLE_INVALID);
	/* Fifteen bytes are no AES key. */
	fx_encrypt(FX_RSA, "0123456789abcde", 15, ct);
	assert_int_equal(C_UnwrapKey(s, &rsa_pkcs, key, ct, 256, t, 4, &h),
	    CKR_WRAPPED_KEY_INVALID);
}

static void
contract_36_keys_in_memory_come_and_go(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state), other = fx_session(0);
	CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
	uint8_t v[48] = { 5 }, out[48];
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, secret_class),
	    FX_A(CKA_KEY_TYPE, generic), FX_A(CKA_VALUE, v),
	    FX_A(CKA_TOKEN, no) };
	CK_ULONG len = sizeof(out);
	CK_OBJECT_HANDLE h, found;

	assert_int_equal(C_CreateObject(other, t, 4, &h), CKR_OK);
	assert_int_equal(fx_attr(s, h, CKA_VALUE, out, &len), CKR_OK);
	assert_memory_equal(out, v, 48);
	assert_int_equal(fx_find(s, t, 1, &found, 1), 1);
	assert_int_equal(found, h);
	assert_int_equal(fx_find(s, &t[3], 1, &found, 1), 1);
	assert_int_equal(C_CloseSession(other), CKR_OK);
	assert_int_equal(C_DestroyObject(s, h), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(fx_find(s, t, 1, &found, 1), 0);
	assert_int_equal(C_CreateObject(s, t, 2, &h),
	    CKR_TEMPLATE_INCOMPLETE);
	t[3].pValue = &yes;
	assert_int_equal(C_CreateObject(s, t, 4, &h), CKR_SESSION_READ_ONLY);
}

static void
public_keys_encrypt_here(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE pub = fx_object(s, CKO_PUBLIC_KEY, FX_RSA);
	uint8_t ct[256], pt[256], big[250] = { 0 };
	CK_ULONG len = 0;

	assert_int_equal(C_EncryptInit(s, &rsa_pkcs, pub), CKR_OK);
	assert_int_equal(C_Encrypt(s, (CK_BYTE *)(uintptr_t)"abc", 3, NULL,
	    &len), CKR_OK);
	assert_int_equal(len, 256);
	assert_int_equal(C_EncryptUpdate(s, (CK_BYTE *)(uintptr_t)"abc", 3,
	    ct, &len), CKR_OK);
	len = sizeof(ct);
	assert_int_equal(C_EncryptFinal(s, ct, &len), CKR_OK);
	assert_int_equal(fx_fake.runs, 0);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs,
	    fx_object(s, CKO_PRIVATE_KEY, FX_RSA)), CKR_OK);
	len = sizeof(pt);
	assert_int_equal(C_Decrypt(s, ct, 256, pt, &len), CKR_OK);
	assert_int_equal(len, 3);
	assert_memory_equal(pt, "abc", 3);
	assert_int_equal(C_EncryptInit(s, &rsa_pkcs, pub), CKR_OK);
	len = sizeof(ct);
	assert_int_equal(C_Encrypt(s, big, sizeof(big), ct, &len),
	    CKR_DATA_LEN_RANGE);
	assert_int_equal(C_EncryptInit(s, &ecdsa, pub),
	    CKR_MECHANISM_INVALID);
	assert_int_equal(C_VerifyInit(s, &rsa_pkcs,
	    fx_object(s, CKO_PRIVATE_KEY, FX_RSA)),
	    CKR_KEY_TYPE_INCONSISTENT);
}

static void
digests_that_signatures_need(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_MECHANISM m = { CKM_SHA256, NULL, 0 };
	uint8_t one[64], two[64], want[32];
	CK_ULONG len = 10;

	assert_int_equal(ly_digest(LY_SHA256, "abc", 3, want), 0);
	assert_int_equal(C_DigestInit(s, &m), CKR_OK);
	assert_int_equal(C_DigestInit(s, &m), CKR_OPERATION_ACTIVE);
	assert_int_equal(C_Digest(s, (CK_BYTE *)(uintptr_t)"abc", 3, one,
	    &len), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(len, 32);
	assert_int_equal(C_Digest(s, (CK_BYTE *)(uintptr_t)"abc", 3, one,
	    &len), CKR_OK);
	assert_memory_equal(one, want, 32);
	assert_int_equal(C_DigestInit(s, &m), CKR_OK);
	assert_int_equal(C_DigestUpdate(s, (CK_BYTE *)(uintptr_t)"ab", 2),
	    CKR_OK);
	assert_int_equal(C_DigestUpdate(s, (CK_BYTE *)(uintptr_t)"c", 1),
	    CKR_OK);
	len = sizeof(two);
	assert_int_equal(C_DigestFinal(s, two, &len), CKR_OK);
	assert_memory_equal(two, want, 32);
	m.mechanism = CKM_MD5;
	assert_int_equal(C_DigestInit(s, &m), CKR_MECHANISM_INVALID);
}

static void
inits_check_key_and_mechanism(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE rsa = fx_object(s, CKO_PRIVATE_KEY, FX_RSA);
	CK_MECHANISM raw = { CKM_RSA_X_509, NULL, 0 };
	CK_MECHANISM cbc = { CKM_AES_CBC, NULL, 0 };
	CK_MECHANISM param = { CKM_RSA_PKCS, &rsa, sizeof(rsa) };

	assert_int_equal(C_DecryptInit(s, &raw, rsa), CKR_MECHANISM_INVALID);
	assert_int_equal(C_SignInit(s, &raw, rsa), CKR_MECHANISM_INVALID);
	assert_int_equal(C_DecryptInit(s, &cbc, rsa), CKR_MECHANISM_INVALID);
	assert_int_equal(C_DecryptInit(s, &ecdsa, rsa),
	    CKR_MECHANISM_INVALID);
	assert_int_equal(C_SignInit(s, &ecdsa, rsa),
	    CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(C_SignInit(s, &param, rsa),
	    CKR_MECHANISM_PARAM_INVALID);
	assert_int_equal(C_SignInit(s, &rsa_pkcs,
	    fx_object(s, CKO_PUBLIC_KEY, FX_RSA)), CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(C_SignInit(s, &rsa_pkcs,
	    fx_object(s, CKO_CERTIFICATE, FX_RSA)), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(C_SignInit(s, &rsa_pkcs, 0xffffff),
	    CKR_KEY_HANDLE_INVALID);
	/* Active, cancelled by Init without a mechanism, and gone. */
	assert_int_equal(C_SignInit(s, &rsa_pkcs, rsa), CKR_OK);
	assert_int_equal(C_SignInit(s, &rsa_pkcs, rsa), CKR_OPERATION_ACTIVE);
	assert_int_equal(C_DecryptInit(s, &rsa_pkcs, rsa), CKR_OK);
	assert_int_equal(C_SignInit(s, NULL, 0), CKR_OK);
	assert_int_equal(C_SignInit(s, NULL, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(fx_fake.runs, 0);
}

/* Trap: what the host finds in its queue of OpenSSL errors is the host's. */
static void
the_queue_of_errors_stays_the_hosts(void **state)
{
	CK_SESSION_HANDLE s = SESSION(state);
	CK_OBJECT_HANDLE pub = fx_object(s, CKO_PUBLIC_KEY, FX_RSA);
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA256,
	    CKZ_DATA_SPECIFIED, NULL, 0 };
	CK_MECHANISM mo = { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) };
	uint8_t ct[256] = { 0, 1 }, out[256];
	CK_ULONG len = sizeof(out);

	ERR_clear_error();
	assert_int_equal(C_DecryptInit(s, &mo,
	    fx_object(s, CKO_PRIVATE_KEY, FX_RSA)), CKR_OK);
	assert_int_equal(C_Decrypt(s, ct, 256, out, &len), CKR_DEVICE_ERROR);
	assert_int_equal(C_VerifyInit(s, &rsa_pkcs, pub), CKR_OK);
	assert_int_equal(C_Verify(s, ct, 20, ct, 256), CKR_SIGNATURE_INVALID);
	assert_int_equal(C_EncryptInit(s, &mo, pub), CKR_OK);
	len = sizeof(out);
	assert_int_equal(C_Encrypt(s, ct, 250, out, &len),
	    CKR_DATA_LEN_RANGE);
	assert_int_equal(ERR_peek_error(), 0);
}

static void
sync_gives_a_third_key(void)
{
	fx_catalogue(FX_ADDRESS, 2, FX_ALL, 77);
}

static void
a_newer_revision_is_fetched_after_the_call(void **state)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE t[] = { FX_A(CKA_CLASS, class) };
	CK_OBJECT_HANDLE before, after;
	CK_SESSION_HANDLE s;
	uint8_t hash[32] = { 1 }, sig[64];
	CK_ULONG len = sizeof(sig);

	(void)state;
	fx_up();
	fx_account(FX_ADDRESS, NULL);
	fx_catalogue(FX_ADDRESS, 1, FX_BIT(FX_RSA) | FX_BIT(FX_EC), 77);
	fx_start();
	s = fx_session(0);
	before = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	assert_int_equal(fx_find(s, t, 1, NULL, 0), 2);
	fx_fake.revision = 1;
	fx_fake.on_sync = sync_gives_a_third_key;
	assert_int_equal(C_SignInit(s, &ecdsa, before), CKR_OK);
	assert_int_equal(C_Sign(s, hash, 32, sig, &len), CKR_OK);
	assert_int_equal(fx_fake.syncs, 0);
	fx_fake.revision = 2;
	len = sizeof(sig);
	assert_int_equal(C_SignInit(s, &ecdsa, before), CKR_OK);
	assert_int_equal(C_Sign(s, hash, 32, sig, &len), CKR_OK);
	assert_int_equal(fx_fake.syncs, 1);
	/* Shown at once; the old handles are still good. */
	assert_int_equal(fx_find(s, t, 1, NULL, 0), FX_KEYS);
	after = fx_object(s, CKO_PRIVATE_KEY, FX_EC);
	assert_int_equal(before, after);
	len = sizeof(sig);
	assert_int_equal(C_SignInit(s, &ecdsa, before), CKR_OK);
	assert_int_equal(C_Sign(s, hash, 32, sig, &len), CKR_OK);
	assert_int_equal(fx_fake.syncs, 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
	const struct CMUnitTest tests[] = {
		T(contract_19_decrypts_once_without_a_size_query),
		T(contract_17_an_expired_key_decrypts_and_does_not_sign),
		T(contract_25_sizes_are_answered_locally),
		T(contract_25_a_kept_result_is_not_given_for_another_input),
		T(contract_20_trap_10_16_failures_are_device_errors),
		T(contract_35_a_buffer_that_was_not_filled_is_never_sent),
		T(contract_35_a_ciphertext_of_another_length_is_never_sent),
		T(an_answer_that_is_too_long_is_refused),
		T(parts_are_collected_and_sent_once),
		T(signs_with_every_kind_of_key),
		T(contract_18_hash_and_sign_is_accepted_and_not_advertised),
		T(pss_and_oaep_with_parameters),
		T(contract_21_24_ecdh_without_a_kdf_can_be_read),
		T(contract_21_22_x963_and_key_unwrap_as_nss_does),
		T(derive_refuses_what_it_cannot_do),
		T(trap_17_unwrap_makes_a_hidden_key_in_memory),
		T(contract_36_keys_in_memory_come_and_go),
		T(public_keys_encrypt_here),
		T(digests_that_signatures_need),
		T(inits_check_key_and_mechanism),
		T(the_queue_of_errors_stays_the_hosts),
		cmocka_unit_test_teardown(
		    a_newer_revision_is_fetched_after_the_call, down),
	};

	return FX_RUN(tests);
}
