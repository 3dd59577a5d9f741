/* SPDX-License-Identifier: MIT */
#include <gst/gst.h>
#include <gtest/gtest.h>

int
main(int argc, char **argv)
{
    gst_init(&argc, &argv); /* first: tables of test cases are made of formats */
    testing::InitGoogleTest(&argc, argv);
    const int status = RUN_ALL_TESTS();
    gst_deinit(); /* where GST_TRACERS=leaks tells what was left */
    return status;
}
