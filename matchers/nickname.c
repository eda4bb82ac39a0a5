/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/nickname.h"

static const char *const groups[] = {
    "robert rob bob bobby robbie bert rupert", "william will bill billy willie liam", "richard rick dick richie ricky rich", "james jim jimmy jamie jem",
    "john jack johnny jon johnnie ian", "thomas tom tommy thom", "charles charlie chuck chas chip", "edward ed eddie ted teddy ned",
    "henry harry hank hal", "joseph joe joey jo", "michael mike mick mickey micky", "david dave davy davey", "daniel dan danny", "andrew andy drew",
    "anthony tony ant", "antony tony", "alexander alex alec sandy al xander", "alexandra alex sandra lexi alexa", "benjamin ben benny benji",
    "christopher chris kit topher", "christine chris christina tina chrissy", "donald don donnie", "douglas doug", "francis frank fran frankie",
    "frederick fred freddie freddy", "george georgie", "gerald gerry jerry", "gregory greg", "jeffrey jeff geoff geoffrey", "jonathan jon jonny nathan",
    "kenneth ken kenny", "lawrence larry lawrie laurence", "matthew matt matty", "nicholas nick nicky nic", "patrick pat paddy", "patricia pat patty tricia trish",
    "peter pete", "philip phil phillip pip", "raymond ray", "ronald ron ronnie", "samuel sam sammy", "samantha sam sammy", "stephen steve steven stevie",
    "theodore ted theo teddy", "timothy tim timmy", "walter walt wally", "abigail abby gail", "barbara barb babs", "catherine kate kathy katherine cathy katie kathryn cath kat kitty",
    "deborah deb debbie debra", "dorothy dot dottie dolly", "elizabeth liz lizzie beth betty eliza bess betsy elisabeth libby lisa elsie", "emily em emma emmy millie",
    "eleanor ellie nell nora ellen nellie", "isabella bella isabel izzy isabelle", "jennifer jen jenny", "jessica jess jessie", "margaret maggie meg peggy marge margie greta",
    "mary molly polly mollie may", "rebecca becky becca bex", "sarah sally sadie sara", "susan sue susie suzanne suzie", "victoria vicky tori vicki", "zachary zach zack zac",
};
_Static_assert(ARRAY_LEN(groups) <= 64, "one bit a group");

uint64_t nickname_groups(struct str name)
{
    uint64_t bits = 0;
    if (!name.n || !is_alpha((unsigned char)name.p[0])) { /* Chinese: none of these */
        return 0;
    }
    for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
        struct str rest = str_of(groups[g]), word;
        while (str_split(&rest, ' ', &word)) {
            bits |= (uint64_t)str_eq(word, name) << g;
        }
    }
    return bits;
}
