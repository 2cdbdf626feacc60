// SPDX-License-Identifier: GPL-2.0-or-later
#include "refused_batches.hpp"

#include "catch.hpp"

using nflog::RefusedBatches;

TEST_CASE("each look adds the batches that the socket dropped, and a preview shows what another "
          "look would add")
{
    RefusedBatches refused;
    refused.look_at({100, 3});
    refused.look_at({100, 3});
    CHECK(refused.total_by({100, 5}) == 5);
    CHECK(refused.total() == 3);
    refused.look_at({100, 5});
    CHECK(refused.total() == 5);
}

TEST_CASE("dropped batches are certain once the queue was seen empty, and not earlier")
{
    RefusedBatches refused;
    refused.look_at({100, 3});
    CHECK(refused.certain() == 0);
    CHECK(refused.is_unsettled());
    refused.look_at({0, 4});
    CHECK(refused.certain() == 4);
    CHECK_FALSE(refused.is_unsettled());
    refused.look_at({100, 6});
    CHECK(refused.certain() == 4);
    CHECK(refused.is_unsettled());
}

TEST_CASE("the socket's counter of dropped batches may wrap")
{
    RefusedBatches refused;
    refused.look_at({0, UINT32_MAX});
    refused.look_at({0, 1});
    CHECK(refused.total() == UINT64_C(0x100000001));
}

TEST_CASE("a new socket counts from 0, and earlier dropped batches stay counted")
{
    RefusedBatches refused;
    refused.look_at({100, 3});
    refused.restart();
    CHECK_FALSE(refused.is_unsettled());
    CHECK(refused.certain() == 3);
    refused.look_at({100, 2});
    CHECK(refused.total() == 5);
    CHECK(refused.certain() == 3);
}
