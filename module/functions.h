/*
 * Every function of PKCS#11 with its arguments, each named by what it is:
 * X(name, number of arguments, arguments). The tables in c_list.c and the
 * wrappers in trace_calls.c are made from it. The compiler holds each row
 * against the function's declaration.
 */
#ifndef LY_FUNCTIONS_H
#define LY_FUNCTIONS_H

/* PKCS#11 v2.40, without what gives the tables themselves. */
#define LY_FUNCTIONS_2_40(X)						\
	X(C_Initialize, 1, INIT_ARGS)					\
	X(C_Finalize, 1, RESERVED)					\
	X(C_GetInfo, 1, INFO)						\
	X(C_GetSlotList, 3, PRESENT, SLOTS, COUNT_OUT)			\
	X(C_GetSlotInfo, 2, SLOT, SLOT_INFO)				\
	X(C_GetTokenInfo, 2, SLOT, TOKEN_INFO)				\
	X(C_GetMechanismList, 3, SLOT, MECH_TYPES, COUNT_OUT)		\
	X(C_GetMechanismInfo, 3, SLOT, MECH_TYPE, MECH_INFO)		\
	X(C_InitToken, 4, SLOT, PIN, LEN, TOKEN_LABEL)			\
	X(C_InitPIN, 3, SESSION, PIN, LEN)				\
	X(C_SetPIN, 5, SESSION, PIN, LEN, PIN, LEN)			\
	X(C_OpenSession, 5, SLOT, SESSION_FLAGS, POINTER, NOTIFY,	\
	    SESSION_OUT)						\
	X(C_CloseSession, 1, SESSION)					\
	X(C_CloseAllSessions, 1, SLOT)					\
	X(C_GetSessionInfo, 2, SESSION, SESSION_INFO)			\
	X(C_GetOperationState, 3, SESSION, RESULT, LEN_OUT)		\
	X(C_SetOperationState, 5, SESSION, DATA, LEN, KEY, KEY)		\
	X(C_Login, 4, SESSION, USER, PIN, LEN)				\
	X(C_Logout, 1, SESSION)						\
	X(C_CreateObject, 4, SESSION, TEMPLATE, LEN, OBJECT_OUT)	\
	X(C_CopyObject, 5, SESSION, OBJECT, TEMPLATE, LEN, OBJECT_OUT)	\
	X(C_DestroyObject, 2, SESSION, OBJECT)				\
	X(C_GetObjectSize, 3, SESSION, OBJECT, SIZE_OUT)		\
	X(C_GetAttributeValue, 4, SESSION, OBJECT, ATTRIBUTES, LEN)	\
	X(C_SetAttributeValue, 4, SESSION, OBJECT, TEMPLATE, LEN)	\
	X(C_FindObjectsInit, 3, SESSION, TEMPLATE, LEN)			\
	X(C_FindObjects, 4, SESSION, OBJECTS, LEN, COUNT_OUT)		\
	X(C_FindObjectsFinal, 1, SESSION)				\
	X(C_EncryptInit, 3, SESSION, MECHANISM, KEY)			\
	X(C_Encrypt, 5, SESSION, DATA, LEN, RESULT, LEN_OUT)		\
	X(C_EncryptUpdate, 5, SESSION, DATA, LEN, RESULT, LEN_OUT)	\
	X(C_EncryptFinal, 3, SESSION, RESULT, LEN_OUT)			\
	X(C_DecryptInit, 3, SESSION, MECHANISM, KEY)			\
	X(C_Decrypt, 5, SESSION, DATA, LEN, RESULT, LEN_OUT)		\
	X(C_DecryptUpdate, 5, SESSION, DATA, LEN, RESULT, LEN_OUT)	\
	X(C_DecryptFinal, 3, SESSION, RESULT, LEN_OUT)			\
	X(C_DigestInit, 2, SESSION, MECHANISM)				\
	X(C_Digest, 5, SESSION, DATA, LEN, RESULT, LEN_OUT)		\
	X(C_DigestUpdate, 3, SESSION, DATA, LEN)			\
	X(C_DigestKey, 2, SESSION, KEY)					\
	X(C_DigestFinal, 3, SESSION, RESULT, LEN_OUT)			\
	X(C_SignInit, 3, SESSION, MECHANISM, KEY)			\
	X(C_Sign, 5, SESSION, DATA, LEN, RESULT, LEN_OUT)		\
	X(C_SignUpdate, 3, SESSION, DATA, LEN)				\
	X(C_SignFinal, 3, SESSION, RESULT, LEN_OUT)			\
	X(C_SignRecoverInit, 3, SESSION, MECHANISM, KEY)		\
	X(C_SignRecover, 5, SESSION, DATA, LEN, RESULT, LEN_OUT)	\
	X(C_VerifyInit, 3, SESSION, MECHANISM, KEY)			\
	X(C_Verify, 5, SESSION, DATA, LEN, SIGNATURE, LEN)		\
	X(C_VerifyUpdate, 3, SESSION, DATA, LEN)			\
	X(C_VerifyFinal, 3, SESSION, SIGNATURE, LEN)			\
	X(C_VerifyRecoverInit, 3, SESSION, MECHANISM, KEY)		\
	X(C_VerifyRecover, 5, SESSION, SIGNATURE, LEN, RESULT, LEN_OUT)	\
	X(C_DigestEncryptUpdate, 5, SESSION, DATA, LEN, RESULT, LEN_OUT) \
	X(C_DecryptDigestUpdate, 5, SESSION, DATA, LEN, RESULT, LEN_OUT) \
	X(C_SignEncryptUpdate, 5, SESSION, DATA, LEN, RESULT, LEN_OUT)	\
	X(C_DecryptVerifyUpdate, 5, SESSION, DATA, LEN, RESULT, LEN_OUT) \
	X(C_GenerateKey, 5, SESSION, MECHANISM, TEMPLATE, LEN,		\
	    OBJECT_OUT)							\
	X(C_GenerateKeyPair, 8, SESSION, MECHANISM, TEMPLATE, LEN,	\
	    TEMPLATE, LEN, OBJECT_OUT, OBJECT_OUT)			\
	X(C_WrapKey, 6, SESSION, MECHANISM, KEY, OBJECT, RESULT, LEN_OUT) \
	X(C_UnwrapKey, 8, SESSION, MECHANISM, KEY, DATA, LEN, TEMPLATE,	\
	    LEN, OBJECT_OUT)						\
	X(C_DeriveKey, 6, SESSION, MECHANISM, KEY, TEMPLATE, LEN,	\
	    OBJECT_OUT)							\
	X(C_SeedRandom, 3, SESSION, DATA, LEN)				\
	X(C_GenerateRandom, 3, SESSION, RANDOM, LEN)			\
	X(C_GetFunctionStatus, 1, SESSION)				\
	X(C_CancelFunction, 1, SESSION)					\
	X(C_WaitForSlotEvent, 3, WAIT_FLAGS, SLOT_OUT, RESERVED)

/* What PKCS#11 v3.0 adds, without what gives the tables themselves. */
#define LY_FUNCTIONS_3_0(X)						\
	X(C_LoginUser, 6, SESSION, USER, PIN, LEN, USER_NAME, LEN)	\
	X(C_SessionCancel, 2, SESSION, CANCEL_FLAGS)			\
	X(C_MessageEncryptInit, 3, SESSION, MECHANISM, KEY)		\
	X(C_EncryptMessage, 9, SESSION, PARAMETER, LEN, DATA, LEN,	\
	    DATA, LEN, RESULT, LEN_OUT)					\
	X(C_EncryptMessageBegin, 5, SESSION, PARAMETER, LEN, DATA, LEN)	\
	X(C_EncryptMessageNext, 8, SESSION, PARAMETER, LEN, DATA, LEN,	\
	    RESULT, LEN_OUT, MESSAGE_FLAGS)				\
	X(C_MessageEncryptFinal, 1, SESSION)				\
	X(C_MessageDecryptInit, 3, SESSION, MECHANISM, KEY)		\
	X(C_DecryptMessage, 9, SESSION, PARAMETER, LEN, DATA, LEN,	\
	    DATA, LEN, RESULT, LEN_OUT)					\
	X(C_DecryptMessageBegin, 5, SESSION, PARAMETER, LEN, DATA, LEN)	\
	X(C_DecryptMessageNext, 8, SESSION, PARAMETER, LEN, DATA, LEN,	\
	    RESULT, LEN_OUT, MESSAGE_FLAGS)				\
	X(C_MessageDecryptFinal, 1, SESSION)				\
	X(C_MessageSignInit, 3, SESSION, MECHANISM, KEY)		\
	X(C_SignMessage, 7, SESSION, PARAMETER, LEN, DATA, LEN,		\
	    RESULT, LEN_OUT)						\
	X(C_SignMessageBegin, 3, SESSION, PARAMETER, LEN)		\
	X(C_SignMessageNext, 7, SESSION, PARAMETER, LEN, DATA, LEN,	\
	    RESULT, LEN_OUT)						\
	X(C_MessageSignFinal, 1, SESSION)				\
	X(C_MessageVerifyInit, 3, SESSION, MECHANISM, KEY)		\
	X(C_VerifyMessage, 7, SESSION, PARAMETER, LEN, DATA, LEN,	\
	    SIGNATURE, LEN)						\
	X(C_VerifyMessageBegin, 3, SESSION, PARAMETER, LEN)		\
	X(C_VerifyMessageNext, 7, SESSION, PARAMETER, LEN, DATA, LEN,	\
	    SIGNATURE, LEN)						\
	X(C_MessageVerifyFinal, 1, SESSION)

/* What gives the tables: exported, and decides whether to trace. */
#define LY_FUNCTIONS_TABLES(X)						\
	X(C_GetFunctionList, 1, FUNCTION_LIST)				\
	X(C_GetInterfaceList, 2, INTERFACES, COUNT_OUT)			\
	X(C_GetInterface, 4, INTERFACE_NAME, VERSION, INTERFACE_OUT,	\
	    INTERFACE_FLAGS)

#endif
