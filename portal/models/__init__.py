"""The tables, one module a family."""

from portal.models.account import Account, BoundPhone, GuideRead, SignInFailure, SignInSession
from portal.models.admin_act import AdminAct
from portal.models.approval import Approval, ApprovalSlot, Change
from portal.models.archive import ArchivePackage, YearPackage
from portal.models.attachment import Attachment
from portal.models.audit_check import AuditCheck
from portal.models.batch import Batch, BatchItem, ItemTemplate
from portal.models.brief import (
    Brief,
    BriefAct,
    BriefBox,
    BriefCopy,
    BriefSheet,
    BriefSnapshot,
    BriefText,
)
from portal.models.calendar import CalendarVersion
from portal.models.calendar_feed import CalendarFeed
from portal.models.case import Case, CaseAct, CaseFile, CaseGround
from portal.models.case_bundle import CaseBundle, CaseCopy
from portal.models.delivery import Delivery, MessageChoice
from portal.models.demo import DemoDate, DemoHistory
from portal.models.document import Document
from portal.models.event import Event, Opinion
from portal.models.execution import Comment, Milestone, Objection
from portal.models.export import LedgerExport
from portal.models.extension import Extension
from portal.models.gate import GateSecret
from portal.models.handover import Handover, HandoverList
from portal.models.inspection import Inspection, InspectionMember, Rectification
from portal.models.item import (
    ArchiveRecord,
    Closure,
    Feedback,
    FeedbackPoint,
    FeedbackVersion,
    Guarded,
    Item,
    ItemMember,
    ItemUnit,
    NeedToKnow,
    Part,
)
from portal.models.ledger_view import LedgerView
from portal.models.loan import Loan
from portal.models.mark import ItemMark
from portal.models.message import Message
from portal.models.number import NumberAct, NumberPlaceholder, NumberSequence, NumberTaken
from portal.models.organisation import Appointment, Delegation, Person, Portfolio, Unit
from portal.models.own_phrase import OwnPhrase
from portal.models.phone import PhoneRecord
from portal.models.release import LedgerRelease
from portal.models.reminder import Reminded, ReminderMark
from portal.models.role_grant import RoleGrant
from portal.models.scan import ScanBatch, ScanFile, ScanSheet
from portal.models.seal import Seal, Unsealed
from portal.models.secrecy import SecrecyStop
from portal.models.signature_picture import SignaturePicture
from portal.models.signing_list import SigningList
from portal.models.spill import Spill
from portal.models.stamped_copy import StampedCopy
from portal.models.standing import Standing
from portal.models.transfer import TransferLine, TransferList
from portal.models.typed import TypedText
from portal.models.urge import UrgeNotice, UrgeQuestion
from portal.models.userid_change import UseridChange
from portal.models.view_log import ViewLog
from portal.models.workbook import ImportedRow, KeptWorkbook, WorkbookImport

__all__ = [
    "Account",
    "AdminAct",
    "Appointment",
    "Approval",
    "ApprovalSlot",
    "ArchivePackage",
    "ArchiveRecord",
    "Attachment",
    "AuditCheck",
    "Batch",
    "BatchItem",
    "BoundPhone",
    "Brief",
    "BriefAct",
    "BriefBox",
    "BriefCopy",
    "BriefSheet",
    "BriefSnapshot",
    "BriefText",
    "CalendarFeed",
    "CalendarVersion",
    "Case",
    "CaseAct",
    "CaseBundle",
    "CaseCopy",
    "CaseFile",
    "CaseGround",
    "Change",
    "Closure",
    "Comment",
    "Delegation",
    "Delivery",
    "DemoDate",
    "DemoHistory",
    "Document",
    "Event",
    "Extension",
    "Feedback",
    "FeedbackPoint",
    "FeedbackVersion",
    "GateSecret",
    "Guarded",
    "GuideRead",
    "Handover",
    "HandoverList",
    "ImportedRow",
    "Inspection",
    "InspectionMember",
    "Item",
    "ItemMark",
    "ItemMember",
    "ItemTemplate",
    "ItemUnit",
    "KeptWorkbook",
    "LedgerExport",
    "LedgerRelease",
    "LedgerView",
    "Loan",
    "Message",
    "MessageChoice",
    "Milestone",
    "NeedToKnow",
    "NumberAct",
    "NumberPlaceholder",
    "NumberSequence",
    "NumberTaken",
    "Objection",
    "Opinion",
    "OwnPhrase",
    "Part",
    "Person",
    "PhoneRecord",
    "Portfolio",
    "Rectification",
    "Reminded",
    "ReminderMark",
    "RoleGrant",
    "ScanBatch",
    "ScanFile",
    "ScanSheet",
    "Seal",
    "SecrecyStop",
    "SignInFailure",
    "SignInSession",
    "SignaturePicture",
    "SigningList",
    "Spill",
    "StampedCopy",
    "Standing",
    "TransferLine",
    "TransferList",
    "TypedText",
    "Unit",
    "Unsealed",
    "UrgeNotice",
    "UrgeQuestion",
    "UseridChange",
    "ViewLog",
    "WorkbookImport",
    "YearPackage",
]
