# lanyardd: the key service.
