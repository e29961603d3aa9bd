/* A heap of the JSON library that is wiped when it is released. */
#ifndef LY_WIPE_H
#define LY_WIPE_H

/* Set it up; before the first use of JSON in this process. */
void ly_wipe_heap(void);

#endif
