/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over the files, and the files of the folders, named on the command line: what was once found is never forgotten. */
#include <stdio.h>
#include <stdlib.h>

#include "base/core/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int replay_file(const char *path)
{
    AUTO_STRBUF bytes = STRBUF_INIT;
    struct err err;
    if (file_read_all(path, (size_t)64 << 20, &bytes, &err) != ST_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    /* a copy of the exact size, so that a read beyond it is seen */
    uint8_t *copy = malloc(bytes.n ? bytes.n : 1);
    if (!copy) {
        return 1;
    }
    if (bytes.n) {
        memcpy(copy, bytes.p, bytes.n);
    }
    (void)LLVMFuzzerTestOneInput(copy, bytes.n);
    free(copy);
    return 0;
}

static int replay_folder(const char *path, size_t *count)
{
    AUTO_ARENA a = ARENA_INIT;
    file_list list = {0};
    struct err err;
    int failed = 0;
    if (file_list_dir(&a, path, &list, &err) != ST_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (size_t i = 0; i < list.n; i++) {
        if (list.v[i].is_file) {
            failed |= replay_file(path_join(&a, path, list.v[i].name));
            ++*count;
        }
    }
    vec_release(&list);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        if (file_size(argv[i]) >= 0 && file_exists(argv[i])) {
            AUTO_ARENA a = ARENA_INIT;
            file_list list = {0};
            bool folder = file_list_dir(&a, argv[i], &list, NULL) == ST_OK;
            vec_release(&list);
            failed |= folder ? replay_folder(argv[i], &count) : (count++, replay_file(argv[i]));
        } else {
            failed |= replay_folder(argv[i], &count);
        }
    }
    (void)printf("%zu inputs\n", count);
    return failed;
}
