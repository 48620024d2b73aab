// What a listing says of readers.
#include <string.h>

#include "tests/lib/main.h"
#include "tests/lib/stream.h"

static tachy_reader_info listed_reader(size_t index)
{
    tachy_listing *listing = NULL;
    tachy_reader_info found = {0};
    assert_int_equal(tachy_listing_create(&listing), TACHY_OK);
    const tachy_info *info;
    for (size_t i = 0; (info = tachy_listing_at(listing, i)) != NULL; i++) {
        const tachy_reader_info *reader = tachy_listing_reader(listing, i, index);
        if (strcmp(info->name, test_stream_name()) == 0 && reader != NULL)
            found = *reader;
    }
    tachy_listing_destroy(&listing);
    assert_true(found.size != 0);
    found.name = NULL; // ended with the listing
    return found;
}

static void a_demoted_reader_is_listed_as_every_before_it_knows(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.lossless_wait_ns = 1000000});
    tachy_stream *other = test_reader((tachy_stream_params){.reading = TACHY_NEWEST});
    tachy_stream *stopped = test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS});
    assert_int_equal(listed_reader(1).reading, TACHY_LOSSLESS);
    assert_true(listed_reader(1).stats.lossless);
    tachy_writer_stats stats = {.size = sizeof stats};
    for (uint64_t number = 1; number <= 200; number++) { // more than there are slots
        tachy_draft *draft = NULL;
        assert_int_equal(tachy_writer_claim(writer, TACHY_FOREVER, &draft), TACHY_OK);
        assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    }
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    assert_true(stats.waited_ns > 0);
    assert_int_equal(listed_reader(0).reading, TACHY_NEWEST);
    assert_int_equal(listed_reader(1).reading, TACHY_EVERY);
    assert_false(listed_reader(1).stats.lossless);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stopped, 0, &frame), TACHY_DEMOTED); // and is told
    tachy_stream_detach(&stopped);
    stopped = test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS});
    assert_int_equal(listed_reader(1).reading, TACHY_LOSSLESS); // another reader of the same block
    tachy_stream_detach(&stopped);
    tachy_stream_detach(&other);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_demoted_reader_is_listed_as_every_before_it_knows))
