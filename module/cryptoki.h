/*
 * The one Cryptoki header of the module: p11-kit's pkcs11.h (2.40 on Debian
 * 12, 3.x later) and, name by name where that one lacks it, the part of
 * PKCS#11 3.0 that we use. Structures keep natural packing, and 1-byte
 * packing on Windows; CK_ULONG may be 32 bits there, so that no pointer, no
 * 64-bit number and no unchecked size_t is ever put into one.
 */
#ifndef LY_CRYPTOKI_H
#define LY_CRYPTOKI_H

#include <stddef.h>
#include <stdint.h>

#define CRYPTOKI_EXPORTS 1
#include <p11-kit/pkcs11.h>

#if defined(__GNUC__) && !defined(_WIN32)
#define LY_EXPORT __attribute__((visibility("default")))
#else
#define LY_EXPORT
#endif

#ifndef CKO_PROFILE
#define CKO_PROFILE 9UL
#endif
#ifndef CKA_PROFILE_ID
#define CKA_PROFILE_ID 0x601UL
#endif
#ifndef CKA_UNIQUE_ID
#define CKA_UNIQUE_ID 4UL
#endif
#ifndef CKP_BASELINE_PROVIDER
#define CKP_BASELINE_PROVIDER 1UL
#endif
#ifndef CKP_AUTHENTICATION_TOKEN
#define CKP_AUTHENTICATION_TOKEN 3UL
#endif
#ifndef CKP_PUBLIC_CERTIFICATES_TOKEN
#define CKP_PUBLIC_CERTIFICATES_TOKEN 4UL
#endif
#ifndef CKK_EC_EDWARDS
#define CKK_EC_EDWARDS 0x40UL
#endif
#ifndef CKK_EC_MONTGOMERY
#define CKK_EC_MONTGOMERY 0x41UL
#endif
#ifndef CKM_EDDSA
#define CKM_EDDSA 0x1057UL
#endif
#ifndef CKR_OPERATION_CANCEL_FAILED
#define CKR_OPERATION_CANCEL_FAILED 0x202UL
#endif
#ifndef CKF_FIND_OBJECTS
#define CKF_FIND_OBJECTS (1UL << 6)
#endif
#ifndef CKF_INTERFACE_FORK_SAFE
#define CKF_INTERFACE_FORK_SAFE 1UL
#endif
#ifndef CK_CERTIFICATE_CATEGORY_TOKEN_USER
#define CK_CERTIFICATE_CATEGORY_TOKEN_USER 1UL
#define CK_CERTIFICATE_CATEGORY_AUTHORITY 2UL
#endif

/* NSS: pkcs11n.h of NSS, vendor range 0xCE534350 and up. */
#ifndef CKA_NSS_EMAIL
#define CKA_NSS_EMAIL 0xCE534352UL
#endif
#ifndef CKM_NSS_AES_KEY_WRAP
#define CKM_NSS_AES_KEY_WRAP 0xCE534351UL
#endif

#if CRYPTOKI_VERSION_MAJOR < 3

#ifdef _WIN32
#pragma pack(push, cryptoki, 1)
#endif

/* PKCS#11 v3.0 6.3.15: CKM_EDDSA. */
typedef struct ck_eddsa_params {
	CK_BBOOL phFlag;
	CK_ULONG ulContextDataLen;
	CK_BYTE *pContextData;
} CK_EDDSA_PARAMS;

/* PKCS#11 v3.0 3.1: interfaces. */
typedef struct ck_interface {
	CK_CHAR *pInterfaceName;
	CK_VOID_PTR pFunctionList;
	CK_FLAGS flags;
} CK_INTERFACE;
typedef CK_INTERFACE *CK_INTERFACE_PTR;
typedef CK_INTERFACE **CK_INTERFACE_PTR_PTR;

#define LY_CK_DECLARE(name, args)	\
	typedef CK_RV (*CK_ ## name) args;	\
	CK_RV CK_SPEC name args

/* PKCS#11 v3.0 5: what 3.0 adds to the functions of 2.40. */
LY_CK_DECLARE(C_GetInterfaceList,
    (CK_INTERFACE_PTR list, CK_ULONG_PTR count));
LY_CK_DECLARE(C_GetInterface,
    (CK_UTF8CHAR_PTR name, CK_VERSION_PTR version,
    CK_INTERFACE_PTR_PTR iface, CK_FLAGS flags));
LY_CK_DECLARE(C_LoginUser,
    (CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin,
    CK_ULONG pin_len, CK_UTF8CHAR_PTR name, CK_ULONG name_len));
LY_CK_DECLARE(C_SessionCancel,
    (CK_SESSION_HANDLE session, CK_FLAGS flags));
LY_CK_DECLARE(C_MessageEncryptInit,
    (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mech,
    CK_OBJECT_HANDLE key));
LY_CK_DECLARE(C_EncryptMessage,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR aad, CK_ULONG aad_len, CK_BYTE_PTR in, CK_ULONG in_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len));
LY_CK_DECLARE(C_EncryptMessageBegin,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR aad, CK_ULONG aad_len));
LY_CK_DECLARE(C_EncryptMessageNext,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len,
    CK_FLAGS flags));
LY_CK_DECLARE(C_MessageEncryptFinal, (CK_SESSION_HANDLE session));
LY_CK_DECLARE(C_MessageDecryptInit,
    (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mech,
    CK_OBJECT_HANDLE key));
LY_CK_DECLARE(C_DecryptMessage,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR aad, CK_ULONG aad_len, CK_BYTE_PTR in, CK_ULONG in_len,
    CK_BYTE_PTR out, CK_ULONG_PTR out_len));
LY_CK_DECLARE(C_DecryptMessageBegin,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR aad, CK_ULONG aad_len));
LY_CK_DECLARE(C_DecryptMessageNext,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR out, CK_ULONG_PTR out_len,
    CK_FLAGS flags));
LY_CK_DECLARE(C_MessageDecryptFinal, (CK_SESSION_HANDLE session));
LY_CK_DECLARE(C_MessageSignInit,
    (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mech,
    CK_OBJECT_HANDLE key));
LY_CK_DECLARE(C_SignMessage,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len));
LY_CK_DECLARE(C_SignMessageBegin,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len));
LY_CK_DECLARE(C_SignMessageNext,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR out,
    CK_ULONG_PTR out_len));
LY_CK_DECLARE(C_MessageSignFinal, (CK_SESSION_HANDLE session));
LY_CK_DECLARE(C_MessageVerifyInit,
    (CK_SESSION_HANDLE session, CK_MECHANISM_PTR mech,
    CK_OBJECT_HANDLE key));
LY_CK_DECLARE(C_VerifyMessage,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR sig, CK_ULONG sig_len));
LY_CK_DECLARE(C_VerifyMessageBegin,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len));
LY_CK_DECLARE(C_VerifyMessageNext,
    (CK_SESSION_HANDLE session, CK_VOID_PTR param, CK_ULONG param_len,
    CK_BYTE_PTR in, CK_ULONG in_len, CK_BYTE_PTR sig, CK_ULONG sig_len));
LY_CK_DECLARE(C_MessageVerifyFinal, (CK_SESSION_HANDLE session));

#define LY_CK_MEMBER(f) CK_ ## f f

typedef struct ck_function_list_3_0 {
	CK_VERSION version;
	LY_CK_MEMBER(C_Initialize);
	LY_CK_MEMBER(C_Finalize);
	LY_CK_MEMBER(C_GetInfo);
	LY_CK_MEMBER(C_GetFunctionList);
	LY_CK_MEMBER(C_GetSlotList);
	LY_CK_MEMBER(C_GetSlotInfo);
	LY_CK_MEMBER(C_GetTokenInfo);
	LY_CK_MEMBER(C_GetMechanismList);
	LY_CK_MEMBER(C_GetMechanismInfo);
	LY_CK_MEMBER(C_InitToken);
	LY_CK_MEMBER(C_InitPIN);
	LY_CK_MEMBER(C_SetPIN);
	LY_CK_MEMBER(C_OpenSession);
	LY_CK_MEMBER(C_CloseSession);
	LY_CK_MEMBER(C_CloseAllSessions);
	LY_CK_MEMBER(C_GetSessionInfo);
	LY_CK_MEMBER(C_GetOperationState);
	LY_CK_MEMBER(C_SetOperationState);
	LY_CK_MEMBER(C_Login);
	LY_CK_MEMBER(C_Logout);
	LY_CK_MEMBER(C_CreateObject);
	LY_CK_MEMBER(C_CopyObject);
	LY_CK_MEMBER(C_DestroyObject);
	LY_CK_MEMBER(C_GetObjectSize);
	LY_CK_MEMBER(C_GetAttributeValue);
	LY_CK_MEMBER(C_SetAttributeValue);
	LY_CK_MEMBER(C_FindObjectsInit);
	LY_CK_MEMBER(C_FindObjects);
	LY_CK_MEMBER(C_FindObjectsFinal);
	LY_CK_MEMBER(C_EncryptInit);
	LY_CK_MEMBER(C_Encrypt);
	LY_CK_MEMBER(C_EncryptUpdate);
	LY_CK_MEMBER(C_EncryptFinal);
	LY_CK_MEMBER(C_DecryptInit);
	LY_CK_MEMBER(C_Decrypt);
	LY_CK_MEMBER(C_DecryptUpdate);
	LY_CK_MEMBER(C_DecryptFinal);
	LY_CK_MEMBER(C_DigestInit);
	LY_CK_MEMBER(C_Digest);
	LY_CK_MEMBER(C_DigestUpdate);
	LY_CK_MEMBER(C_DigestKey);
	LY_CK_MEMBER(C_DigestFinal);
	LY_CK_MEMBER(C_SignInit);
	LY_CK_MEMBER(C_Sign);
	LY_CK_MEMBER(C_SignUpdate);
	LY_CK_MEMBER(C_SignFinal);
	LY_CK_MEMBER(C_SignRecoverInit);
	LY_CK_MEMBER(C_SignRecover);
	LY_CK_MEMBER(C_VerifyInit);
	LY_CK_MEMBER(C_Verify);
	LY_CK_MEMBER(C_VerifyUpdate);
	LY_CK_MEMBER(C_VerifyFinal);
	LY_CK_MEMBER(C_VerifyRecoverInit);
	LY_CK_MEMBER(C_VerifyRecover);
	LY_CK_MEMBER(C_DigestEncryptUpdate);
	LY_CK_MEMBER(C_DecryptDigestUpdate);
	LY_CK_MEMBER(C_SignEncryptUpdate);
	LY_CK_MEMBER(C_DecryptVerifyUpdate);
	LY_CK_MEMBER(C_GenerateKey);
	LY_CK_MEMBER(C_GenerateKeyPair);
	LY_CK_MEMBER(C_WrapKey);
	LY_CK_MEMBER(C_UnwrapKey);
	LY_CK_MEMBER(C_DeriveKey);
	LY_CK_MEMBER(C_SeedRandom);
	LY_CK_MEMBER(C_GenerateRandom);
	LY_CK_MEMBER(C_GetFunctionStatus);
	LY_CK_MEMBER(C_CancelFunction);
	LY_CK_MEMBER(C_WaitForSlotEvent);
	LY_CK_MEMBER(C_GetInterfaceList);
	LY_CK_MEMBER(C_GetInterface);
	LY_CK_MEMBER(C_LoginUser);
	LY_CK_MEMBER(C_SessionCancel);
	LY_CK_MEMBER(C_MessageEncryptInit);
	LY_CK_MEMBER(C_EncryptMessage);
	LY_CK_MEMBER(C_EncryptMessageBegin);
	LY_CK_MEMBER(C_EncryptMessageNext);
	LY_CK_MEMBER(C_MessageEncryptFinal);
	LY_CK_MEMBER(C_MessageDecryptInit);
	LY_CK_MEMBER(C_DecryptMessage);
	LY_CK_MEMBER(C_DecryptMessageBegin);
	LY_CK_MEMBER(C_DecryptMessageNext);
	LY_CK_MEMBER(C_MessageDecryptFinal);
	LY_CK_MEMBER(C_MessageSignInit);
	LY_CK_MEMBER(C_SignMessage);
	LY_CK_MEMBER(C_SignMessageBegin);
	LY_CK_MEMBER(C_SignMessageNext);
	LY_CK_MEMBER(C_MessageSignFinal);
	LY_CK_MEMBER(C_MessageVerifyInit);
	LY_CK_MEMBER(C_VerifyMessage);
	LY_CK_MEMBER(C_VerifyMessageBegin);
	LY_CK_MEMBER(C_VerifyMessageNext);
	LY_CK_MEMBER(C_MessageVerifyFinal);
} CK_FUNCTION_LIST_3_0;

#ifdef _WIN32
#pragma pack(pop, cryptoki)
#endif

#endif /* CRYPTOKI_VERSION_MAJOR < 3 */

/* Sizes that every consumer was compiled with. */
#define LY_CK_WORD sizeof(CK_ULONG)
#define LY_CK_PTR sizeof(void *)
#ifdef _WIN32
_Static_assert(sizeof(CK_ULONG) == 4, "CK_ULONG is 32 bits");
_Static_assert(sizeof(CK_VERSION) == 2, "CK_VERSION is packed");
_Static_assert(sizeof(CK_ATTRIBUTE) == 8 + LY_CK_PTR, "packed");
_Static_assert(sizeof(CK_FUNCTION_LIST) == 2 + 68 * LY_CK_PTR, "packed");
_Static_assert(sizeof(CK_FUNCTION_LIST_3_0) == 2 + 92 * LY_CK_PTR, "packed");
#else
_Static_assert(sizeof(CK_ULONG) == sizeof(void *), "CK_ULONG is a word");
_Static_assert(sizeof(CK_ATTRIBUTE) == 3 * LY_CK_WORD, "natural packing");
_Static_assert(sizeof(CK_FUNCTION_LIST) == 69 * LY_CK_PTR, "68 functions");
_Static_assert(sizeof(CK_FUNCTION_LIST_3_0) == 93 * LY_CK_PTR,
    "92 functions");
_Static_assert(sizeof(CK_MECHANISM) == 3 * LY_CK_WORD, "natural packing");
#endif

#endif
