// What APIs call the parts of paging, in parameters and in answers: lower case, letters and digits only. Data.

const names = (text: string) => text.split(" ");

/** `page[number]`, `page_number` and `pageNumber` are one name. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** Parameters, by what they say. The first of a list is preferred. */
export const asks = {
  page: names("page pagenumber pageno pagenum pageindex currentpage p"),
  offset: names("offset skip startat startindex start from firstresult pageoffset startfrom"),
  size: names(
    "perpage pagesize limit maxresults top count size take itemsperpage maxitems pagelimit maxpagesize first num maxkeys resultsperpage",
  ),
  cursor: names(
    "cursor pagecursor pagetoken nexttoken nextpagetoken continuationtoken paginationtoken nextcursor startcursor pageafter after aftercursor continue continuation marker nextpage nextkey pagekey startkey bookmark skiptoken scrollid token position pagestate",
  ),
  /** Takes the id of the last item read. */
  lastId: names("startingafter afterid after lastid"),
};

/** Objects of an answer that tell of its page. */
export const envelopes = new Set(
  names(
    "resultinfo meta metadata pagination paging page pageinfo pageable paginginfo responsemetadata links cursors cursor next nav info listmeta pager pagecontext searchmetadata",
  ),
);

/** Fields of an answer that lead to the next page: a URL, a cursor or a number. */
export const nexts = {
  link: names(
    "next nexturl nextpageurl nextlink odatanextlink nextpagelink nexthref nexturi nextpageuri nextpage nextrecordsurl nextpagepath",
  ),
  number: names("nextpage nextpagenumber next"),
  cursor: names(
    "nextcursor nextpagetoken nexttoken nextpagecursor nextcontinuationtoken continuationtoken paginationtoken nextkey nextpagekey nextmarker nextoffset nextstart nextskip endcursor continue cursor after bookmark scrollid nextpage next marker offset",
  ),
};

/** Booleans that say whether there is more, and those that say there is not. */
export const flags = {
  more: names(
    "hasmore hasnext hasnextpage hasmoreresults moreresults moreavailable morerecords moreitemsincollection truncated istruncated more",
  ),
  done: names("islast islastpage last lastpage listcomplete endofstream iscomplete"),
};

export const counts = {
  page: names("page currentpage pagenumber pageno pageindex number"),
  pages: names("totalpages pagecount numpages totalpagecount pages lastpage npages totalpage"),
  total: names(
    "totalcount totalitems totalresults totalrecords totalelements totalsize total odatacount totalhits totalrows",
  ),
  size: names("perpage pagesize itemsperpage limit maxresults resultsperpage size"),
};

/** Fields that hold the items of a list, of several arrays in one answer. */
export const lists = new Set(
  names(
    "items data result results value values records entries rows objects resources list nodes docs hits elements",
  ),
);
/** Arrays beside the items, and objects around them. */
export const besides = new Set(names("errors messages warnings links included notes"));
export const wrappers = new Set(
  names("result data response results payload body embedded list hits content d"),
);
